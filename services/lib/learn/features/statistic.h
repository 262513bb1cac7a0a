#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

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

/// InvalidArgument lists what there is.
absl::StatusOr<Statistic> ParseStatistic(std::string_view text);
/// "mean", "delta_10" …
std::string Name(const Statistic& statistic);

/// Several statistics of a window in as few passes as they need. Every one is computed from the first value to the last, never
/// updated from an earlier window, so it depends on nothing but the values. Immutable.
class WindowStatistics {
 public:
  explicit WindowStatistics(std::vector<Statistic> statistics);

  std::size_t size() const { return statistics_.size(); }
  const std::vector<Statistic>& statistics() const { return statistics_; }
  /// Writes size() values. `window` is oldest first; `scratch` is memory for sorting.
  void Compute(std::span<const double> window, std::vector<double>& scratch, double* out) const;

 private:
  struct Group {  // statistics over the same rows
    std::size_t last = 0;
    bool needs_sums = false;
    bool needs_squares = false;
    bool needs_cross = false;
    bool needs_order = false;
    std::vector<std::size_t> members;
  };

  std::vector<Statistic> statistics_;
  std::vector<Group> groups_;
};

/// Mean of what is not missing; NaN of nothing.
double Mean(std::span<const double> values);

}  // namespace millwright::learn
