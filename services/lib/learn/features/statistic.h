#pragma once

#include <span>
#include <string>

#include "lib/learn/features/pipeline.h"

namespace millwright::learn {

/// "mean", "delta_10" …
std::string Name(const Statistic& statistic);

/// A statistic of a window's values, oldest first; missing ones (NaN) are left out, and the result is NaN where nothing is left
/// to say. Always computed from the first value to the last, never updated. sd has n - 1 below (0 for one value); slope is least
/// squares per row.
double Compute(const Statistic& statistic, std::span<const double> window);

}  // namespace millwright::learn
