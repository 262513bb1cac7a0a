#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "lib/base/status_macros.h"
#include "lib/learn/features/feature_step.h"
#include "lib/learn/features/statistic.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

enum class Kind { kMean, kSd, kSlope, kMin, kMax, kMeanFirst, kSdFirst, kWindowMinusFirst, kLastMinusFirst, kZFirst };

constexpr struct {
  std::string_view name;
  Kind kind;
  bool has_rows;
} kStatistics[] = {
    {"mean", Kind::kMean, false},
    {"sd", Kind::kSd, false},
    {"slope", Kind::kSlope, false},
    {"min", Kind::kMin, false},
    {"max", Kind::kMax, false},
    {"mean_first_", Kind::kMeanFirst, true},
    {"sd_first_", Kind::kSdFirst, true},
    {"window_minus_first_", Kind::kWindowMinusFirst, true},
    {"last_minus_first_", Kind::kLastMinusFirst, true},
    {"z_first_", Kind::kZFirst, true},
};

/// One statistic of everything since the history began; `first` rows of the beginning where it is about those.
struct StartStatistic {
  Kind kind = Kind::kMean;
  std::size_t first = 0;
};

std::string NameOf(const StartStatistic& statistic) {
  const auto& entry = kStatistics[static_cast<int>(statistic.kind)];
  return entry.has_rows ? Cat(entry.name, statistic.first) : std::string(entry.name);
}

absl::StatusOr<StartStatistic> Parse(std::string_view text) {
  for (const auto& entry : kStatistics) {
    if (!entry.has_rows && text == entry.name) return StartStatistic{.kind = entry.kind};
    if (!entry.has_rows || !text.starts_with(entry.name)) continue;
    const std::string_view digits = text.substr(entry.name.size());
    std::int64_t rows = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), rows);
    if (error == std::errc() && end == digits.data() + digits.size() && rows >= 1 && rows <= kMaxWindow)
      return StartStatistic{.kind = entry.kind, .first = static_cast<std::size_t>(rows)};
  }
  std::vector<std::string> known;
  for (const auto& entry : kStatistics) known.push_back(Cat(entry.name, entry.has_rows ? "K" : ""));
  return absl::InvalidArgumentError(Cat("\"", text.substr(0, 60), "\" must be one of ", Join(known)));
}

/// Sums over one column, row after row (Welford, "Note on a method for calculating corrected sums of squares and products",
/// Technometrics 4, 1962).
struct Sums {
  double sum = 0;
  double count = 0;
  double centre = 0;
  double squares = 0;
  double centre_x = 0;  // of the row numbers
  double squares_x = 0;
  double cross = 0;
  double min = std::numeric_limits<double>::quiet_NaN();
  double max = std::numeric_limits<double>::quiet_NaN();

  void Add(double x, double value) {
    if (std::isnan(value)) return;
    sum += value;
    count += 1;
    const double d = value - centre;
    centre += d / count;
    squares += d * (value - centre);
    const double dx = x - centre_x;
    centre_x += dx / count;
    squares_x += dx * (x - centre_x);
    cross += dx * (value - centre);
    if (!(value >= min)) min = value;
    if (!(value <= max)) max = value;
  }
  /// The sd; 1 for what does not vary, so that it stays near 0.
  double Unit() const { return sd() > 1e-9 * std::max(1.0, std::abs(mean())) ? sd() : 1.0; }
  double slope() const { return count > 1 ? cross / squares_x : count == 1 ? 0.0 : std::numeric_limits<double>::quiet_NaN(); }
  double mean() const { return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN(); }
  double sd() const {
    return count > 1 ? std::sqrt(squares / (count - 1)) : count == 1 ? 0.0 : std::numeric_limits<double>::quiet_NaN();
  }
};

class SinceStartStep : public FeatureStep {
 public:
  SinceStartStep(std::size_t rows, std::vector<std::string> columns, std::vector<StartStatistic> statistics)
      : rows_(rows), columns_(std::move(columns)), statistics_(std::move(statistics)), firsts_{0} {
    for (const StartStatistic& statistic : statistics_) {
      const auto it = std::find(firsts_.begin(), firsts_.end(), statistic.first);
      slots_.push_back(static_cast<std::size_t>(it - firsts_.begin()));
      if (it == firsts_.end()) firsts_.push_back(statistic.first);
    }
  }

  std::unique_ptr<FeatureStep> Clone() const override { return std::make_unique<SinceStartStep>(*this); }
  nlohmann::json ToJson() const override {
    nlohmann::json json{{"op", "since_start"}};
    if (rows_ > 0) json["rows"] = rows_;
    if (!columns_.empty()) json["columns"] = columns_;
    for (const StartStatistic& statistic : statistics_) json["stats"].push_back(NameOf(statistic));
    return json;
  }

  absl::Status Bind(const RowLayout& columns, FeatureLayout& layout) override {
    ASSIGN_OR_RETURN(positions_, columns.Positions(columns_));
    RETURN_IF_ERROR(RequireRoom(layout, positions_.size() * statistics_.size()));
    for (const std::size_t position : positions_) {
      for (const StartStatistic& statistic : statistics_) {
        layout.names.push_back(Cat(columns.columns()[position].name, ".start_", NameOf(statistic),
                                   statistic.kind == Kind::kWindowMinusFirst ? Cat("_of_", rows_) : ""));
      }
    }
    return absl::OkStatus();
  }
  std::size_t rows() const override { return std::max<std::size_t>(rows_, 1); }
  bool is_since_start() const override { return true; }
  std::unique_ptr<State> NewState() const override { return std::make_unique<Started>(positions_.size() * firsts_.size()); }
  void Push(State& state, const FeatureInput& input) const override {
    Sums* sums = static_cast<Started&>(state).sums.data();
    for (const std::size_t position : positions_) {
      const double value = input.history.Last(position, 1)[0];
      for (const std::size_t first : firsts_) {
        if (first == 0 || input.rows <= first) sums->Add(static_cast<double>(input.rows), value);
        ++sums;
      }
    }
  }
  void Emit(const FeatureInput& input, const State* state, double* out) const override {
    const Sums* sums = static_cast<const Started*>(state)->sums.data();
    for (const std::size_t position : positions_) {
      for (std::size_t i = 0; i < statistics_.size(); ++i) *out++ = One(statistics_[i].kind, sums[slots_[i]], input, position);
      sums += firsts_.size();
    }
  }

 private:
  struct Started : State {
    explicit Started(std::size_t size) : sums(size) {}
    void Clear() override { std::fill(sums.begin(), sums.end(), Sums()); }
    std::vector<Sums> sums;  // per column, per entry of firsts_
  };

  double One(Kind kind, const Sums& sums, const FeatureInput& input, std::size_t position) const {
    switch (kind) {
      case Kind::kMean:
      case Kind::kMeanFirst:
        return sums.mean();
      case Kind::kSd:
      case Kind::kSdFirst:
        return sums.sd();
      case Kind::kSlope:
        return sums.slope();
      case Kind::kMin:
        return sums.min;
      case Kind::kMax:
        return sums.max;
      case Kind::kWindowMinusFirst:
        return Mean(input.history.Last(position, rows_)) - sums.mean();
      case Kind::kLastMinusFirst:
        return input.history.Last(position, 1)[0] - sums.mean();
      case Kind::kZFirst:
        return (input.history.Last(position, 1)[0] - sums.mean()) / sums.Unit();
    }
    return 0;
  }

  std::size_t rows_;  // of the window in window_minus_first_K; 0: none
  std::vector<std::string> columns_;
  std::vector<StartStatistic> statistics_;
  std::vector<std::size_t> firsts_;  // the distinct numbers of first rows, 0 for all rows
  std::vector<std::size_t> slots_;   // of each statistic, in firsts_
  std::vector<std::size_t> positions_;
};

}  // namespace

FeatureStepOr ParseSinceStart(StrictObject& step, const StepContext& context) {
  std::vector<std::string> columns = step.Texts("columns");
  const std::vector<std::string> texts = step.Texts("stats");
  if (texts.empty()) step.Fail("stats", "must name at least one statistic");
  std::vector<StartStatistic> statistics;
  bool needs_window = false;
  for (const std::string& text : texts) {
    const absl::StatusOr<StartStatistic> statistic = Parse(text);
    if (!statistic.ok()) {
      step.Fail("stats", std::string(statistic.status().message()));
      continue;
    }
    statistics.push_back(*statistic);
    needs_window |= statistic->kind == Kind::kWindowMinusFirst;
  }
  const std::size_t rows = needs_window ? WindowRows(step, context) : 0;
  return std::make_shared<const SinceStartStep>(rows, std::move(columns), std::move(statistics));
}

}  // namespace millwright::learn
