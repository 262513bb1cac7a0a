#pragma once

#include <cstddef>
#include <vector>

#include "nlohmann/json.hpp"

namespace millwright::learn {

/// Six significant digits, so that long lists of points stay small.
double Rounded(double value);

/// At most `most` indices below n, evenly spread, the first and the last among them.
std::vector<std::size_t> Thinned(std::size_t n, std::size_t most);

/// {"edges": [bins + 1 numbers], "counts": [bins]} over the values' range; values that are not finite are left out.
nlohmann::json Histogram(const std::vector<double>& values, std::size_t bins);

/// {"count","mean","min","q10","q25","median","q75","q90","max","histogram"}; {"count": 0} when empty.
nlohmann::json Distribution(std::vector<double> values);

}  // namespace millwright::learn
