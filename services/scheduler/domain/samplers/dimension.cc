#include "scheduler/domain/samplers/dimension.h"

#include <algorithm>
#include <cmath>

namespace millwright::scheduler {

double Dimension::FromValue(const nlohmann::json& value) const {
  const double number = value.get<double>();
  return is_log ? std::log(number) : number;
}

nlohmann::json Dimension::ToValue(double x) const {
  double value = is_log ? std::exp(x) : x;
  if (grid_step > 0) value = grid_low + std::round((value - grid_low) / grid_step) * grid_step;
  value = std::clamp(value, grid_low, grid_high);
  if (is_whole) return static_cast<std::int64_t>(std::llround(value));
  return value;
}

Dimension MakeDimension(const Distribution& distribution) {
  Dimension result;
  if (const auto* real = std::get_if<FloatDistribution>(&distribution.kind)) {
    result = {.is_log = real->log, .grid_low = real->low, .grid_high = real->high, .grid_step = real->step};
  } else {
    const auto& whole = std::get<IntDistribution>(distribution.kind);
    result = {.is_log = whole.log,
              .is_whole = true,
              .grid_low = static_cast<double>(whole.low),
              .grid_high = static_cast<double>(whole.high),
              .grid_step = static_cast<double>(whole.step)};
  }
  const double half = result.grid_step / 2;
  result.low = result.is_log ? std::log(result.grid_low - half) : result.grid_low - half;
  result.high = result.is_log ? std::log(result.grid_high + half) : result.grid_high + half;
  result.bin = result.is_log ? 0 : result.grid_step;
  return result;
}

}  // namespace millwright::scheduler
