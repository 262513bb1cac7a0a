#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/table/table.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// What a learner is asked for: a number, the probability of class 1, the probability of each of several classes, or how unlike
/// the training rows a row is.
enum class Task { kRegression, kBinary, kMulticlass, kAnomaly };
std::string_view Name(Task task);

/// A task with the number of classes it tells apart (2 or more for kMulticlass).
struct LearningTask {
  Task kind = Task::kRegression;
  std::size_t classes = 2;
};

/// What a head predicts; the README has its JSON.
struct TargetSpec {
  enum class Kind { kRul, kFailureWithin, kColumn, kClass };
  Kind kind = Kind::kColumn;
  std::optional<double> cap;  // of rul
  std::string truth;          // rul: column with the time left after an asset's last row; may be absent from a table
  std::string column;         // the label, value or class column
  double horizon = 0;         // of failure_within, in units of time

  LearningTask learning_task() const { return {.kind = task()}; }
  Task task() const { return kind == Kind::kRul || kind == Kind::kColumn ? Task::kRegression : Task::kBinary; }
};

absl::StatusOr<TargetSpec> ParseTarget(const nlohmann::json& json, std::string_view path);
nlohmann::json ToJson(const TargetSpec& target);

/// The target of every row of the table; NaN where it is unknown (future not in the table, value missing). `rul` is not capped
/// here.
absl::StatusOr<std::vector<double>> ComputeTarget(const TargetSpec& target, const PipelineSpec& pipeline, const Table& table,
                                                  std::span<const AssetRows> assets);

/// min(value, cap), NaN stays.
double Cut(double value, const std::optional<double>& cap);

/// Adds the label column `name` to `test`: each asset's truth at all of its rows. `truth` has an asset column (of the same name)
/// and one number column, or one number column alone with a row per asset in order of the assets' first appearance.
absl::Status AttachTruth(Table& test, const Table& truth, std::string_view asset_column, std::string_view name);

/// Something that happened to an asset, such as a failure.
struct AssetEvent {
  std::string asset;
  double time = 0;
};

/// Adds a 0/1 label column: 1 at the asset's last row at or before each event's time. An event before the asset's first row marks
/// nothing.
absl::Status AddEventLabel(Table& table, std::string_view asset_column, std::string_view time_column,
                           std::span<const AssetEvent> events, std::string_view name);

}  // namespace millwright::learn
