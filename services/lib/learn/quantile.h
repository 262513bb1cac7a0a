#pragma once

#include <cstddef>
#include <span>

namespace millwright::learn {

/// The quantile of sorted values at a share from 0 to 1, linear between neighbours (type 7 of Hyndman and Fan, "Sample quantiles
/// in statistical packages", The American Statistician 50, 1996). There must be at least one value.
inline double SortedQuantile(std::span<const double> sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

}  // namespace millwright::learn
