#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/strict_json.h"

namespace millwright::learn {

/// One statistic of a window, such as mean, delta_10, q95, sd_last_5. Missing values (NaN) are left out; the result is NaN where
/// nothing is left to say.
struct Statistic {
  enum class Kind {
    kMean,
    kSd,     // n - 1 below; 0 of one value
    kSlope,  // least squares, per row
    kMin,
    kMax,
    kLast,
    kFirst,
    kRange,
    kDelta,          // last minus the value `number` rows before, or as far back as there are rows
    kLag,            // the value `number` rows before the last
    kQuantile,       // `number` percent, linear between order statistics
    kEnergy,         // sum of squares
    kRms,            // root of the mean square
    kSkew,           // of the population; 0 where nothing varies
    kKurtosis,       // excess, of the population; 0 where nothing varies
    kCrossings,      // changes of side of the window's mean
    kMeanAbsChange,  // mean absolute difference of neighbours
    kMissing,        // share of missing values
  };
  Kind kind = Kind::kMean;
  std::size_t number = 0;
  std::size_t last = 0;  // of the window's last so many rows alone; 0: all of it

  bool operator==(const Statistic&) const = default;
};

/// A statistic, or the difference of two of one window, such as mean_last_5_minus_mean.
struct WindowFeature {
  Statistic value;
  std::optional<Statistic> minus;
};

/// InvalidArgument lists what there is.
absl::StatusOr<WindowFeature> ParseWindowFeature(std::string_view text);
/// "mean", "delta_10" …
std::string Name(const Statistic& statistic);
std::string Name(const WindowFeature& feature);

/// The key `stats` of a step, at least one.
std::vector<WindowFeature> ParseWindowFeatures(StrictObject& step);

/// Memory for computing, which callers keep between calls.
struct StatisticScratch {
  std::vector<double> sorted;
  std::vector<double> values;
};

/// Several statistics of a window in as few passes as they need. Every one is computed from the first value to the last, never
/// updated from an earlier window, so it depends on nothing but the values. Immutable.
class WindowStatistics {
 public:
  explicit WindowStatistics(std::vector<WindowFeature> features);

  std::size_t size() const { return features_.size(); }
  const std::vector<WindowFeature>& features() const { return features_; }
  /// Writes size() values. `window` is oldest first and has at least one; with `full_rows` above 0, a statistic of more rows than
  /// there are is missing, where the whole window is so many.
  void Compute(std::span<const double> window, std::size_t full_rows, StatisticScratch& scratch, double* out) const;

 private:
  struct Group {  // statistics over the same rows
    std::size_t last = 0;
    bool needs_sums = false;
    bool needs_squares = false;
    bool needs_cross = false;
    bool needs_shape = false;
    bool needs_order = false;
    std::vector<std::size_t> members;
  };
  struct Difference {
    std::size_t feature = 0;
    std::size_t minus = 0;  // in statistics_
  };

  std::size_t Place(const Statistic& statistic);

  std::vector<WindowFeature> features_;
  std::vector<Statistic> statistics_;  // what the features are made of: their values, then what is taken away
  std::vector<Difference> differences_;
  std::vector<Group> groups_;
};

/// Mean of what is not missing; NaN of nothing.
double Mean(std::span<const double> values);
double Median(std::span<const double> values);

}  // namespace millwright::learn
