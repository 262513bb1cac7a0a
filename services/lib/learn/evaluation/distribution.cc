#include "lib/learn/evaluation/distribution.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "lib/learn/quantile.h"

namespace millwright::learn {

double Rounded(double value) {
  if (!std::isfinite(value)) return value;
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return std::strtod(text, nullptr);
}

std::vector<std::size_t> Thinned(std::size_t n, std::size_t most) {
  std::vector<std::size_t> chosen;
  const std::size_t count = std::min(n, most);
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(count == 1 ? 0 : i * (n - 1) / (count - 1));
  return chosen;
}

nlohmann::json Histogram(const std::vector<double>& values, std::size_t bins) {
  std::vector<double> finite;
  std::copy_if(values.begin(), values.end(), std::back_inserter(finite), [](double value) { return std::isfinite(value); });
  nlohmann::json edges = nlohmann::json::array();
  std::vector<std::size_t> counts;
  if (!finite.empty()) {
    const auto [low, high] = std::minmax_element(finite.begin(), finite.end());
    const double begin = *low;
    const double width = *high > begin ? (*high - begin) / static_cast<double>(bins) : 1.0;
    if (*high == begin) bins = 1;
    counts.resize(bins);
    for (std::size_t i = 0; i <= bins; ++i) edges.push_back(Rounded(begin + width * static_cast<double>(i)));
    for (const double value : finite) {
      const double place = (value - begin) / width;
      ++counts[place > 0 ? std::min(bins - 1, static_cast<std::size_t>(place)) : 0];
    }
  }
  return {{"edges", std::move(edges)}, {"counts", counts}};
}

nlohmann::json Distribution(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  nlohmann::json json{{"count", values.size()}};
  if (values.empty()) return json;
  std::sort(values.begin(), values.end());
  double sum = 0;
  for (const double value : values) sum += value;
  json["mean"] = sum / static_cast<double>(values.size());
  json["min"] = values.front();
  for (const auto& [name, q] : {std::pair("q10", 0.1), {"q25", 0.25}, {"median", 0.5}, {"q75", 0.75}, {"q90", 0.9}})
    json[name] = SortedQuantile(values, q);
  json["max"] = values.back();
  json["histogram"] = Histogram(values, 20);
  return json;
}

}  // namespace millwright::learn
