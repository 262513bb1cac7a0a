#include <algorithm>

#include "lib/base/status_macros.h"
#include "lib/learn/features/feature_step.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::int64_t kMostRowsOfDuration = 10'000;

struct WindowSpec {
  std::size_t rows = 1;            // at most
  std::optional<double> duration;  // of those, the ones later than this row's time less so much
  bool is_full = false;            // statistics of more rows than there are are missing
  std::vector<std::string> columns;
  std::string suffix;  // of the features' names
};

/// Statistics of each column's last rows; of as many as there are where the history is shorter.
class WindowStep : public FeatureStep {
 public:
  WindowStep(WindowSpec spec, WindowStatistics statistics) : spec_(std::move(spec)), statistics_(std::move(statistics)) {}

  std::unique_ptr<FeatureStep> Clone() const override { return std::make_unique<WindowStep>(*this); }
  nlohmann::json ToJson() const override {
    nlohmann::json json{{"op", "window"}, {"rows", spec_.rows}};
    if (spec_.duration) json["duration"] = *spec_.duration;
    if (spec_.is_full) json["full"] = true;
    if (!spec_.columns.empty()) json["columns"] = spec_.columns;
    for (const WindowFeature& feature : statistics_.features()) json["stats"].push_back(Name(feature));
    return json;
  }

  absl::Status Bind(const RowLayout& columns, FeatureLayout& layout) override {
    ASSIGN_OR_RETURN(positions_, columns.Positions(spec_.columns));
    RETURN_IF_ERROR(RequireRoom(layout, positions_.size() * statistics_.size()));
    for (const std::size_t position : positions_) {
      for (const WindowFeature& feature : statistics_.features())
        layout.names.push_back(Cat(columns.columns()[position].name, ".", Name(feature), "_of_", spec_.suffix));
    }
    return absl::OkStatus();
  }
  std::size_t rows() const override { return spec_.rows; }
  std::size_t whole_rows() const override { return spec_.duration ? 1 : spec_.rows; }
  bool needs_time() const override { return spec_.duration.has_value(); }
  void Emit(const FeatureInput& input, const State*, double* out) const override {
    std::size_t rows = spec_.rows;
    if (spec_.duration) {
      const std::span<const double> times = input.history.Last(input.times, spec_.rows);
      rows = static_cast<std::size_t>(times.end() - std::upper_bound(times.begin(), times.end(), input.time - *spec_.duration));
      rows = std::max<std::size_t>(rows, 1);
    }
    for (const std::size_t position : positions_) {
      statistics_.Compute(input.history.Last(position, rows), spec_.is_full ? spec_.rows : 0, input.scratch, out);
      out += statistics_.size();
    }
  }

 private:
  WindowSpec spec_;
  WindowStatistics statistics_;
  std::vector<std::size_t> positions_;
};

}  // namespace

FeatureStepOr ParseWindow(StrictObject& step, const StepContext& context) {
  WindowSpec spec;
  if (step.Optional("duration") != nullptr) {
    spec.duration = step.Number("duration", 1e-9, 1e18);
    spec.rows = static_cast<std::size_t>(step.Integer("rows", 1, kMaxWindow, kMostRowsOfDuration));
    spec.suffix = Cat(Shortest(*spec.duration), context.time_unit.empty() ? "t" : context.time_unit);
    if (!context.has_time) step.Fail("duration", "needs time.column");
  } else {
    spec.rows = WindowRows(step, context);
    spec.suffix = Cat(spec.rows);
  }
  spec.is_full = step.Bool("full", false);
  if (spec.is_full && spec.duration) step.Fail("full", "is for windows of rows");
  spec.columns = step.Texts("columns");
  RequireDistinct(step, "columns", spec.columns);
  std::vector<WindowFeature> features = ParseWindowFeatures(step);
  return std::make_shared<const WindowStep>(std::move(spec), WindowStatistics(std::move(features)));
}

}  // namespace millwright::learn
