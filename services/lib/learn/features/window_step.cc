#include "lib/base/status_macros.h"
#include "lib/learn/features/feature_step.h"
#include "lib/learn/features/statistic.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

/// Statistics of each column's last rows; of as many as there are where the history is shorter.
class WindowStep : public FeatureStep {
 public:
  WindowStep(std::size_t rows, std::vector<std::string> columns, WindowStatistics statistics)
      : rows_(rows), columns_(std::move(columns)), statistics_(std::move(statistics)) {}

  std::unique_ptr<FeatureStep> Clone() const override { return std::make_unique<WindowStep>(*this); }
  nlohmann::json ToJson() const override {
    nlohmann::json json{{"op", "window"}, {"rows", rows_}};
    if (!columns_.empty()) json["columns"] = columns_;
    for (const Statistic& statistic : statistics_.statistics()) json["stats"].push_back(Name(statistic));
    return json;
  }

  absl::Status Bind(const RowLayout& columns, FeatureLayout& layout) override {
    ASSIGN_OR_RETURN(positions_, columns.Positions(columns_));
    for (const std::size_t position : positions_) {
      for (const Statistic& statistic : statistics_.statistics())
        layout.names.push_back(Cat(columns.columns()[position].name, ".", Name(statistic), "_of_", rows_));
    }
    return absl::OkStatus();
  }
  std::size_t rows() const override { return rows_; }
  void Emit(const FeatureInput& input, const State*, double* out) const override {
    for (const std::size_t position : positions_) {
      statistics_.Compute(input.history.Last(position, rows_), input.scratch, out);
      out += statistics_.size();
    }
  }

 private:
  std::size_t rows_;
  std::vector<std::string> columns_;
  WindowStatistics statistics_;
  std::vector<std::size_t> positions_;
};

}  // namespace

FeatureStepOr ParseWindow(StrictObject& step, const StepContext& context) {
  const std::size_t rows = WindowRows(step, context);
  std::vector<std::string> columns = step.Texts("columns");
  const std::vector<std::string> texts = step.Texts("stats");
  if (texts.empty()) step.Fail("stats", "must name at least one statistic");
  std::vector<Statistic> statistics;
  for (const std::string& text : texts) {
    const absl::StatusOr<Statistic> statistic = ParseStatistic(text);
    if (!statistic.ok())
      step.Fail("stats", std::string(statistic.status().message()));
    else
      statistics.push_back(*statistic);
  }
  return std::make_shared<const WindowStep>(rows, std::move(columns), WindowStatistics(std::move(statistics)));
}

}  // namespace millwright::learn
