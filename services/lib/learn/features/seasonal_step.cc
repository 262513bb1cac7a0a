#include <algorithm>
#include <limits>

#include "lib/base/status_macros.h"
#include "lib/learn/features/feature_step.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::string_view kOfs[] = {"mean", "min", "max"};
enum class Of { kMean, kMin, kMax };

struct SeasonalSpec {
  std::size_t period = 0;   // rows
  std::size_t periods = 1;  // looked back
  std::size_t base = 1;     // rows
  Of of = Of::kMean;
  std::vector<std::size_t> horizons;
  std::vector<std::string> columns;
};

/// What came next at this point of earlier periods: for each of the last periods, the mean (least, greatest) of the `horizon`
/// rows that followed the row one, two … periods ago, less the mean of the `base` rows that ended there; then statistics over the
/// periods, the oldest first. Horizon 0 is the base now less the base then. A period that the history does not reach is missing.
class SeasonalStep : public FeatureStep {
 public:
  SeasonalStep(SeasonalSpec spec, WindowStatistics statistics) : spec_(std::move(spec)), statistics_(std::move(statistics)) {}

  std::unique_ptr<FeatureStep> Clone() const override { return std::make_unique<SeasonalStep>(*this); }
  nlohmann::json ToJson() const override {
    nlohmann::json json{{"op", "seasonal"},
                        {"period", spec_.period},
                        {"periods", spec_.periods},
                        {"base", spec_.base},
                        {"of", kOfs[static_cast<int>(spec_.of)]},
                        {"horizons", spec_.horizons}};
    if (!spec_.columns.empty()) json["columns"] = spec_.columns;
    for (const WindowFeature& feature : statistics_.features()) json["stats"].push_back(Name(feature));
    return json;
  }

  absl::Status Bind(const RowLayout& columns, FeatureLayout& layout) override {
    ASSIGN_OR_RETURN(positions_, columns.Positions(spec_.columns));
    RETURN_IF_ERROR(RequireRoom(layout, positions_.size() * spec_.horizons.size() * statistics_.size()));
    for (const std::size_t position : positions_) {
      for (const std::size_t horizon : spec_.horizons) {
        for (const WindowFeature& feature : statistics_.features()) {
          layout.names.push_back(Cat(columns.columns()[position].name, ".season_", spec_.period, "_next_", horizon, "_",
                                     kOfs[static_cast<int>(spec_.of)], ".", Name(feature)));
        }
      }
    }
    return absl::OkStatus();
  }
  std::size_t rows() const override { return spec_.period * spec_.periods + spec_.base; }
  std::size_t whole_rows() const override { return spec_.base; }
  void Emit(const FeatureInput& input, const State*, double* out) const override {
    std::vector<double> changes(spec_.periods);
    for (const std::size_t position : positions_) {
      const std::span<const double> values = input.history.Last(position, rows());
      for (const std::size_t horizon : spec_.horizons) {
        for (std::size_t k = 1; k <= spec_.periods; ++k) changes[spec_.periods - k] = Change(values, horizon, k);
        statistics_.Compute(changes, 0, input.scratch, out);
        out += statistics_.size();
      }
    }
  }

 private:
  double Change(std::span<const double> values, std::size_t horizon, std::size_t periods_ago) const {
    const std::size_t back = spec_.period * periods_ago;
    if (back + spec_.base > values.size()) return std::numeric_limits<double>::quiet_NaN();
    const std::size_t end = values.size() - back;  // one beyond the row so many periods ago
    const double base = Mean(values.subspan(end - spec_.base, spec_.base));
    if (horizon == 0) return Mean(values.last(std::min(spec_.base, values.size()))) - base;
    const std::span<const double> next = values.subspan(end, horizon);
    if (spec_.of == Of::kMean) return Mean(next) - base;
    double best = std::numeric_limits<double>::quiet_NaN();
    for (const double value : next) {
      if (!(spec_.of == Of::kMin ? value >= best : value <= best) && value == value) best = value;
    }
    return best - base;
  }

  SeasonalSpec spec_;
  WindowStatistics statistics_;
  std::vector<std::size_t> positions_;
};

}  // namespace

FeatureStepOr ParseSeasonal(StrictObject& step, const StepContext&) {
  SeasonalSpec spec;
  spec.period = static_cast<std::size_t>(step.Integer("period", 2, kMaxWindow));
  spec.periods = static_cast<std::size_t>(step.Integer("periods", 1, 100, 1));
  spec.base = static_cast<std::size_t>(step.Integer("base", 1, kMaxWindow, 1));
  if (spec.period * spec.periods + spec.base > kMaxWindow)
    step.Fail("periods", Cat("reach back further than ", kMaxWindow, " rows"));
  const std::string of = step.Text("of", "mean");
  const auto it = std::find(std::begin(kOfs), std::end(kOfs), of);
  if (it == std::end(kOfs)) step.Fail("of", Cat("\"", of.substr(0, 40), "\" must be one of ", Join(kOfs)));
  spec.of = static_cast<Of>(it == std::end(kOfs) ? 0 : it - std::begin(kOfs));
  for (const double horizon : step.Numbers("horizons")) {
    const auto rows = static_cast<std::size_t>(std::clamp(horizon, 0.0, 1e9));
    if (static_cast<double>(rows) != horizon || rows > spec.period)
      step.Fail("horizons", Cat(Shortest(horizon), " must be a whole number from 0 to the period's ", spec.period, " rows"));
    spec.horizons.push_back(rows);
  }
  if (spec.horizons.empty()) step.Fail("horizons", "must name at least one");
  spec.columns = step.Texts("columns");
  RequireDistinct(step, "columns", spec.columns);
  std::vector<WindowFeature> features = ParseWindowFeatures(step);
  return std::make_shared<const SeasonalStep>(std::move(spec), WindowStatistics(std::move(features)));
}

}  // namespace millwright::learn
