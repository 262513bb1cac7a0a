#include <cmath>
#include <limits>

#include "lib/base/status_macros.h"
#include "lib/learn/features/feature_step.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

/// Counts how often a column rose above a level since the history began, and the rows since it last did. It must have been below
/// the level by the hysteresis before it counts again.
class CyclesStep : public FeatureStep {
 public:
  CyclesStep(std::optional<double> level, double hysteresis, std::vector<std::string> columns)
      : level_(level), hysteresis_(hysteresis), columns_(std::move(columns)) {}

  std::unique_ptr<FeatureStep> Clone() const override { return std::make_unique<CyclesStep>(*this); }
  nlohmann::json ToJson() const override {
    nlohmann::json json{{"op", "cycles"}, {"level", level_ ? nlohmann::json(*level_) : "mean"}, {"hysteresis", hysteresis_}};
    if (!columns_.empty()) json["columns"] = columns_;
    return json;
  }

  absl::Status Bind(const RowLayout& columns, FeatureLayout& layout) override {
    ASSIGN_OR_RETURN(positions_, columns.Positions(columns_));
    RETURN_IF_ERROR(RequireRoom(layout, positions_.size() * 2));
    ASSIGN_OR_RETURN(places_, columns.Places(columns_));
    for (const std::size_t position : positions_) {
      layout.names.push_back(Cat(columns.columns()[position].name, ".cycles"));
      layout.names.push_back(Cat(columns.columns()[position].name, ".rows_in_cycle"));
    }
    levels_.assign(positions_.size(), level_.value_or(0));
    return absl::OkStatus();
  }
  absl::Status Fit(const TrainingRows& rows) override {
    if (level_) return absl::OkStatus();
    std::vector<double> counts(places_.size());
    RETURN_IF_ERROR(rows.for_each([&](std::span<const double> row, bool) {
      for (std::size_t i = 0; i < places_.size(); ++i) {
        if (std::isnan(row[places_[i]])) continue;
        levels_[i] += row[places_[i]];
        counts[i] += 1;
      }
    }));
    for (std::size_t i = 0; i < levels_.size(); ++i) levels_[i] = counts[i] > 0 ? levels_[i] / counts[i] : 0.0;
    return absl::OkStatus();
  }
  nlohmann::json Fitted() const override { return {{"levels", levels_}}; }
  absl::Status Restore(const nlohmann::json& fitted, const std::string& path) override {
    StrictObject object(fitted, path);
    levels_ = object.Numbers("levels");
    if (levels_.size() != positions_.size()) object.Fail("levels", Cat("must have ", positions_.size(), " numbers"));
    return object.Finish();
  }

  bool is_since_start() const override { return true; }
  std::unique_ptr<State> NewState() const override { return std::make_unique<Counters>(positions_.size()); }
  void Push(State& state, const FeatureInput& input) const override {
    for (std::size_t i = 0; i < positions_.size(); ++i) {
      Counter& counter = static_cast<Counters&>(state).all[i];
      const double value = input.history.Last(positions_[i], 1)[0];
      counter.rows += 1;
      if (value < levels_[i] - hysteresis_) counter.is_below = true;
      if (!(value > levels_[i] && counter.is_below)) continue;
      counter = {.cycles = counter.cycles + 1, .rows = 0};
    }
  }
  void Emit(const FeatureInput&, const State* state, double* out) const override {
    for (const Counter& counter : static_cast<const Counters*>(state)->all) {
      *out++ = counter.cycles;
      *out++ = counter.cycles > 0 ? counter.rows : std::numeric_limits<double>::quiet_NaN();
    }
  }

 private:
  struct Counter {
    double cycles = 0;
    double rows = 0;  // since the last rise
    bool is_below = false;
  };
  struct Counters : State {
    explicit Counters(std::size_t size) : all(size) {}
    void Clear() override { all.assign(all.size(), {}); }
    std::vector<Counter> all;
  };

  std::optional<double> level_;  // none: each column's training mean
  double hysteresis_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> positions_;
  std::vector<std::size_t> places_;
  std::vector<double> levels_;
};

}  // namespace

FeatureStepOr ParseCycles(StrictObject& step, const StepContext&) {
  std::optional<double> level;
  const nlohmann::json* given = step.Optional("level");
  if (given != nullptr && *given != "mean") level = step.Number("level", -1e300, 1e300);
  const double hysteresis = step.Number("hysteresis", 0, 1e300, 0.0);
  return std::make_shared<const CyclesStep>(level, hysteresis, step.Texts("columns"));
}

}  // namespace millwright::learn
