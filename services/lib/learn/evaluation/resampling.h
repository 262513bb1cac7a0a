#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/learn/evaluation/head_rows.h"

namespace millwright::learn {

/// How a bootstrap draws.
struct ResamplingOptions {
  enum class By { kAuto, kAsset, kBlock, kRow };
  By by = By::kAuto;
  int resamples = 1000;
  double confidence = 0.95;
  std::uint64_t seed = 1;
  int blocks = 50;  // of time, over all assets
};
std::string_view Name(ResamplingOptions::By by);

/// Rows that are drawn together, because they resemble each other: an asset's, or a stretch of its time.
struct ResamplingUnits {
  ResamplingOptions::By by = ResamplingOptions::By::kAsset;
  std::vector<std::uint32_t> of_row;
  std::size_t count = 0;
};

/// The units of rows that stand asset by asset in order of time. `auto`: rows where the table has neither assets nor times,
/// assets where there are at least five, else blocks of time (with fewer assets an interval over assets means nothing).
ResamplingUnits MakeUnits(const ScoredRows& rows, const ResamplingOptions& options);

/// Calls at(weights) for each resample: as many units as there are, drawn with replacement; a weight says how often a unit was
/// drawn. The same seed draws the same. The cluster bootstrap (Davison and Hinkley, "Bootstrap Methods and their Application",
/// 1997, 3.8); over blocks, Carlstein's (Annals of Statistics 14, 1986).
void ForEachResample(std::size_t units, const ResamplingOptions& options, const std::function<void(std::span<const double>)>& at);

struct Interval {
  double low = 0;
  double high = 0;
};
/// The percentile interval (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, 13.3). None when more than a tenth of
/// the values is NaN, or there are fewer than 20.
std::optional<Interval> PercentileInterval(std::vector<double> values, double confidence);

}  // namespace millwright::learn
