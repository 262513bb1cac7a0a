#include "lib/learn/features/feature_step.h"

namespace millwright::learn {

namespace {

/// Rows since the history began.
class RowNumberStep : public FeatureStep {
 public:
  std::unique_ptr<FeatureStep> Clone() const override { return std::make_unique<RowNumberStep>(*this); }
  nlohmann::json ToJson() const override { return {{"op", "row_number"}}; }
  absl::Status Bind(const RowLayout&, FeatureLayout& layout) override {
    layout.names.push_back("row_number");
    return absl::OkStatus();
  }
  bool is_since_start() const override { return true; }
  void Emit(const FeatureInput& input, const State*, double* out) const override { *out = static_cast<double>(input.rows); }
};

/// The row's time as it is.
class TimeStep : public FeatureStep {
 public:
  std::unique_ptr<FeatureStep> Clone() const override { return std::make_unique<TimeStep>(*this); }
  nlohmann::json ToJson() const override { return {{"op", "time"}}; }
  absl::Status Bind(const RowLayout&, FeatureLayout& layout) override {
    layout.names.push_back("time");
    return absl::OkStatus();
  }
  bool needs_time() const override { return true; }
  void Emit(const FeatureInput& input, const State*, double* out) const override { *out = input.time; }
};

}  // namespace

FeatureStepOr ParseRowNumber(StrictObject&, const StepContext&) { return std::make_shared<const RowNumberStep>(); }

FeatureStepOr ParseTime(StrictObject& step, const StepContext& context) {
  if (!context.has_time) step.Fail("op", "needs time.column");
  return std::make_shared<const TimeStep>();
}

}  // namespace millwright::learn
