#pragma once

namespace millwright::scheduler {

/// log of the mass that a standard normal has in [a, b], a < b; exact in both tails.
double LogNormalMass(double a, double b);

/// The point below which a standard normal cut to [a, b] has the share `u` of its mass; a <= 0 <= b, 0 < u < 1.
double TruncatedNormalQuantile(double u, double a, double b);

}  // namespace millwright::scheduler
