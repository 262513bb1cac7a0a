#include "lib/learn/features/statistic.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "lib/learn/quantile.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

using Kind = Statistic::Kind;
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMaxNumber = 100'000;

enum class Number { kNone, kRows, kPercent };

constexpr struct {
  std::string_view name;
  Kind kind;
  Number number;
} kStatistics[] = {
    {"mean", Kind::kMean, Number::kNone},
    {"sd", Kind::kSd, Number::kNone},
    {"slope", Kind::kSlope, Number::kNone},
    {"min", Kind::kMin, Number::kNone},
    {"max", Kind::kMax, Number::kNone},
    {"last", Kind::kLast, Number::kNone},
    {"first", Kind::kFirst, Number::kNone},
    {"range", Kind::kRange, Number::kNone},
    {"delta_", Kind::kDelta, Number::kRows},
    {"lag_", Kind::kLag, Number::kRows},
    {"quantile_", Kind::kQuantile, Number::kPercent},
    {"energy", Kind::kEnergy, Number::kNone},
    {"rms", Kind::kRms, Number::kNone},
    {"skew", Kind::kSkew, Number::kNone},
    {"kurtosis", Kind::kKurtosis, Number::kNone},
    {"crossings", Kind::kCrossings, Number::kNone},
    {"mean_abs_change", Kind::kMeanAbsChange, Number::kNone},
    {"missing", Kind::kMissing, Number::kNone},
};

bool ParseNumber(std::string_view digits, std::size_t low, std::size_t high, std::size_t& number) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() && number >= low && number <= high;
}

bool ParsePlain(std::string_view text, Statistic& statistic) {
  if (text == "median") {
    statistic = {.kind = Kind::kQuantile, .number = 50};
    return true;
  }
  if (text.size() == 3 && text[0] == 'q' && ParseNumber(text.substr(1), 0, 99, statistic.number)) {
    statistic.kind = Kind::kQuantile;
    return true;
  }
  for (const auto& entry : kStatistics) {
    statistic = {.kind = entry.kind};
    if (entry.number == Number::kNone && text == entry.name) return true;
    if (entry.number == Number::kNone || !text.starts_with(entry.name)) continue;
    const bool is_percent = entry.number == Number::kPercent;
    if (ParseNumber(text.substr(entry.name.size()), is_percent ? 0 : 1, is_percent ? 100 : kMaxNumber, statistic.number))
      return true;
  }
  return false;
}

/// What several statistics of the same values share; computed in order.
struct Sums {
  double count = 0;
  double sum = 0;
  double min = kNothing;
  double max = kNothing;
  double squares = 0;  // of the differences from the mean
  double cross = 0;    // of the differences of row numbers and values from their means
  double spread = 0;   // of the row numbers around their mean
  double cubes = 0;    // of the differences from the mean
  double fourths = 0;

  double mean() const { return count > 0 ? sum / count : kNothing; }
  void AddShape(double d) {
    const double square = d * d;
    cubes += square * d;
    fourths += square * square;
  }
};

Sums SumUp(std::span<const double> values, bool needs_squares, bool needs_cross, bool needs_shape) {
  Sums s;
  double sum = 0;
  for (const double value : values) sum += value;
  if (!std::isnan(sum)) {  // no value is missing
    s.count = static_cast<double>(values.size());
    s.sum = sum;
    double low = values[0];
    double high = values[0];
    for (const double value : values) {
      low = value < low ? value : low;
      high = value > high ? value : high;
    }
    s.min = low;
    s.max = high;
    const double mean = s.mean();
    if (needs_squares) {
      double squares = 0;
      for (const double value : values) squares += (value - mean) * (value - mean);
      s.squares = squares;
    }
    if (needs_cross) {
      const double centre = (s.count - 1) / 2;
      double cross = 0;
      for (std::size_t i = 0; i < values.size(); ++i) cross += (static_cast<double>(i) - centre) * (values[i] - mean);
      s.cross = cross;
      s.spread = s.count * (s.count * s.count - 1) / 12;
    }
    for (std::size_t i = 0; needs_shape && i < values.size(); ++i) s.AddShape(values[i] - mean);
    return s;
  }
  double sum_x = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[i];
    if (std::isnan(value)) continue;
    s.count += 1;
    s.sum += value;
    sum_x += static_cast<double>(i);
    if (!(value >= s.min)) s.min = value;
    if (!(value <= s.max)) s.max = value;
  }
  if (s.count == 0) return s;
  const double mean = s.mean();
  const double centre = sum_x / s.count;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    const double dx = static_cast<double>(i) - centre;
    const double dy = values[i] - mean;
    s.squares += dy * dy;
    s.cross += dx * dy;
    s.spread += dx * dx;
    s.AddShape(dy);
  }
  return s;
}

double SumOfSquares(std::span<const double> values) {
  double squares = 0;
  for (const double value : values) {
    if (!std::isnan(value)) squares += value * value;
  }
  return squares;
}

/// Skew (power 3) or excess kurtosis (power 4).
double Shape(const Sums& s, int power) {
  if (s.count == 0) return kNothing;
  const double variance = s.squares / s.count;
  if (!(variance > 1e-18 * std::max(1.0, s.mean() * s.mean()))) return 0;
  if (power == 3) return s.cubes / s.count / (variance * std::sqrt(variance));
  return s.fourths / s.count / (variance * variance) - 3;
}

double Crossings(std::span<const double> values, const Sums& s) {
  if (s.count == 0) return kNothing;
  const double mean = s.mean();
  int crossings = 0;
  int side = 0;
  for (const double value : values) {
    // A value on the mean, or missing, is on the side of the one before; written without branches, as sides are hard to guess.
    const int now = static_cast<int>(value > mean) - static_cast<int>(value < mean);
    crossings += static_cast<int>(now * side < 0);
    side = now + (now == 0 ? side : 0);
  }
  return crossings;
}

double MeanAbsChange(std::span<const double> values) {
  double sum = 0;
  double count = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double change = std::abs(values[i] - values[i - 1]);
    if (std::isnan(change)) continue;
    sum += change;
    count += 1;
  }
  return count > 0 ? sum / count : kNothing;
}

double One(const Statistic& statistic, std::span<const double> window, const Sums& s, std::span<const double> sorted) {
  const std::size_t last = window.size() - 1;
  switch (statistic.kind) {
    case Kind::kMean:
      return s.mean();
    case Kind::kSd:
      return s.count > 1 ? std::sqrt(s.squares / (s.count - 1)) : s.count == 1 ? 0.0 : kNothing;
    case Kind::kSlope:
      return s.count > 1 ? s.cross / s.spread : s.count == 1 ? 0.0 : kNothing;
    case Kind::kMin:
      return s.min;
    case Kind::kMax:
      return s.max;
    case Kind::kRange:
      return s.max - s.min;
    case Kind::kLast:
      return window[last];
    case Kind::kFirst:
      return window[0];
    case Kind::kDelta:
      return window[last] - window[last - std::min(statistic.number, last)];
    case Kind::kLag:
      return statistic.number <= last ? window[last - statistic.number] : kNothing;
    case Kind::kQuantile:
      return sorted.empty() ? kNothing : SortedQuantile(sorted, static_cast<double>(statistic.number) / 100);
    case Kind::kEnergy:
      return s.count > 0 ? SumOfSquares(window) : kNothing;
    case Kind::kRms:
      return s.count > 0 ? std::sqrt(SumOfSquares(window) / s.count) : kNothing;
    case Kind::kSkew:
      return Shape(s, 3);
    case Kind::kKurtosis:
      return Shape(s, 4);
    case Kind::kCrossings:
      return Crossings(window, s);
    case Kind::kMeanAbsChange:
      return MeanAbsChange(window);
    case Kind::kMissing:
      return 1 - s.count / static_cast<double>(window.size());
  }
  return kNothing;
}

/// Rows that a full statistic is of.
std::size_t RowsOf(const Statistic& statistic, std::size_t window) {
  const bool looks_back = statistic.kind == Kind::kDelta || statistic.kind == Kind::kLag;
  return looks_back ? statistic.number + 1 : statistic.last > 0 ? statistic.last : statistic.kind == Kind::kLast ? 1 : window;
}

bool ParseOne(std::string_view text, Statistic& statistic) {
  if (ParsePlain(text, statistic)) return true;
  constexpr std::string_view kOfLast = "_last_";
  const std::size_t at = text.rfind(kOfLast);
  std::size_t last = 0;
  if (at == std::string_view::npos || !ParsePlain(text.substr(0, at), statistic) ||
      !ParseNumber(text.substr(at + kOfLast.size()), 1, kMaxNumber, last))
    return false;
  statistic.last = last;
  return true;
}

bool NeedsSums(Kind kind) {
  return kind != Kind::kLast && kind != Kind::kFirst && kind != Kind::kDelta && kind != Kind::kLag &&
         kind != Kind::kMeanAbsChange;
}

}  // namespace

absl::StatusOr<WindowFeature> ParseWindowFeature(std::string_view text) {
  WindowFeature feature;
  constexpr std::string_view kMinus = "_minus_";
  const std::size_t at = text.find(kMinus);
  bool is_known = ParseOne(text.substr(0, at), feature.value);
  if (at != std::string_view::npos) is_known &= ParseOne(text.substr(at + kMinus.size()), feature.minus.emplace());
  if (is_known) return feature;
  std::vector<std::string> known;
  for (const auto& entry : kStatistics) known.push_back(Cat(entry.name, entry.number == Number::kNone ? "" : "K"));
  return absl::InvalidArgumentError(Cat("\"", text.substr(0, 60), "\" must be one of ", Join(known),
                                        ", median, q05 to q95, each also as NAME_last_K, or a difference, A_minus_B"));
}

std::string Name(const WindowFeature& feature) {
  return feature.minus ? Cat(Name(feature.value), "_minus_", Name(*feature.minus)) : Name(feature.value);
}

std::vector<WindowFeature> ParseWindowFeatures(StrictObject& step) {
  std::vector<WindowFeature> features;
  const std::vector<std::string> texts = step.Texts("stats");
  if (texts.empty()) step.Fail("stats", "must name at least one statistic");
  for (const std::string& text : texts) {
    absl::StatusOr<WindowFeature> feature = ParseWindowFeature(text);
    if (!feature.ok())
      step.Fail("stats", std::string(feature.status().message()));
    else
      features.push_back(*std::move(feature));
  }
  return features;
}

std::string Name(const Statistic& statistic) {
  std::string name;
  for (const auto& entry : kStatistics) {
    if (entry.kind == statistic.kind)
      name = entry.number == Number::kNone ? std::string(entry.name) : Cat(entry.name, statistic.number);
  }
  if (statistic.kind == Kind::kQuantile && statistic.number < 100)
    name = statistic.number == 50 ? "median" : Cat("q", statistic.number < 10 ? "0" : "", statistic.number);
  return statistic.last > 0 ? Cat(name, "_last_", statistic.last) : name;
}

WindowStatistics::WindowStatistics(std::vector<WindowFeature> features) : features_(std::move(features)) {
  for (const WindowFeature& feature : features_) statistics_.push_back(feature.value);
  for (std::size_t i = 0; i < features_.size(); ++i) {
    if (features_[i].minus) differences_.push_back({.feature = i, .minus = Place(*features_[i].minus)});
  }
  for (std::size_t i = 0; i < statistics_.size(); ++i) {
    const Statistic& statistic = statistics_[i];
    auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& g) { return g.last == statistic.last; });
    if (group == groups_.end()) group = groups_.insert(groups_.end(), {.last = statistic.last});
    const Kind kind = statistic.kind;
    group->needs_sums |= NeedsSums(kind);
    group->needs_squares |= kind == Kind::kSd || kind == Kind::kSkew || kind == Kind::kKurtosis;
    group->needs_cross |= kind == Kind::kSlope;
    group->needs_shape |= kind == Kind::kSkew || kind == Kind::kKurtosis;
    group->needs_order |= kind == Kind::kQuantile;
    group->members.push_back(i);
  }
}

/// Where a statistic that is taken away is computed; one may be taken away from several.
std::size_t WindowStatistics::Place(const Statistic& statistic) {
  const auto it = std::find(statistics_.begin(), statistics_.end(), statistic);
  const auto place = static_cast<std::size_t>(it - statistics_.begin());
  if (it == statistics_.end()) statistics_.push_back(statistic);
  return place;
}

void WindowStatistics::Compute(std::span<const double> window, std::size_t full_rows, StatisticScratch& scratch,
                               double* out) const {
  double* values = out;
  if (!differences_.empty()) {
    scratch.values.resize(statistics_.size());
    values = scratch.values.data();
  }
  for (const Group& group : groups_) {
    const std::span<const double> rows = group.last == 0 ? window : window.last(std::min(group.last, window.size()));
    const Sums sums = group.needs_sums ? SumUp(rows, group.needs_squares, group.needs_cross, group.needs_shape) : Sums();
    if (group.needs_order) {
      scratch.sorted.clear();
      std::copy_if(rows.begin(), rows.end(), std::back_inserter(scratch.sorted), [](double value) { return !std::isnan(value); });
      std::sort(scratch.sorted.begin(), scratch.sorted.end());
    }
    for (const std::size_t i : group.members) values[i] = One(statistics_[i], rows, sums, scratch.sorted);
  }
  for (std::size_t i = 0; full_rows > 0 && i < statistics_.size(); ++i) {
    if (RowsOf(statistics_[i], full_rows) > window.size()) values[i] = kNothing;
  }
  if (differences_.empty()) return;
  std::copy(values, values + features_.size(), out);
  for (const Difference& difference : differences_) out[difference.feature] -= values[difference.minus];
}

double Mean(std::span<const double> values) {
  double sum = 0;
  double count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    count += 1;
  }
  return count > 0 ? sum / count : kNothing;
}

double Median(std::span<const double> values) {
  std::vector<double> sorted;
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](double value) { return !std::isnan(value); });
  std::sort(sorted.begin(), sorted.end());
  return sorted.empty() ? kNothing : SortedQuantile(sorted, 0.5);
}

}  // namespace millwright::learn
