#include <algorithm>

#include "lib/learn/features/feature_step.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

absl::Status RequireNothing(const nlohmann::json& fitted, const std::string& path) {
  if (fitted.is_null()) return absl::OkStatus();
  return absl::InvalidArgumentError(Cat(path, ": must be null for a step that fits nothing"));
}

}  // namespace

absl::Status ColumnStep::Fit(const TrainingRows&) { return absl::OkStatus(); }
absl::Status ColumnStep::Restore(const nlohmann::json& fitted, const std::string& path) { return RequireNothing(fitted, path); }
absl::Status ColumnStep::Extend(RowLayout&) { return absl::OkStatus(); }

absl::Status FeatureStep::Fit(const TrainingRows&) { return absl::OkStatus(); }
absl::Status FeatureStep::Restore(const nlohmann::json& fitted, const std::string& path) { return RequireNothing(fitted, path); }
void FeatureStep::Push(State&, const FeatureInput&) const {}

void RequireDistinct(StrictObject& step, std::string_view key, std::span<const std::string> names) {
  for (auto it = names.begin(); it != names.end(); ++it) {
    if (std::find(names.begin(), it, *it) != it) step.Fail(key, Cat("\"", *it, "\" is there twice"));
  }
}

std::size_t WindowRows(StrictObject& step, const StepContext& context) {
  const auto rows = static_cast<std::size_t>(step.Integer("rows", 1, kMaxWindow, static_cast<std::int64_t>(context.window)));
  if (rows == 0) step.Fail("rows", "is missing, and there is no features.window to take its place");
  return rows;
}

absl::Status RequireRoom(const FeatureLayout& layout, std::size_t more) {
  if (more <= kMaxPipelineFeatures && layout.names.size() + more <= kMaxPipelineFeatures) return absl::OkStatus();
  return absl::InvalidArgumentError(
      Cat("features: ", layout.names.size() + more, " features or more; at most ", kMaxPipelineFeatures, " are computed"));
}

}  // namespace millwright::learn
