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

/// What a head predicts; the README has its JSON. Fitting makes it explicit: quantiles become thresholds, labels are listed. What
/// is explicit already stays as it is.
struct TargetSpec {
  enum class Kind { kRul, kFailureWithin, kColumn, kClass, kChange, kChangeClass, kClasses, kReconstruction };
  enum class Of { kMean, kMin, kMax };
  enum class Thresholds { kGiven, kQuantiles, kMedianAbsolute };
  Kind kind = Kind::kColumn;
  std::optional<double> cap;  // of rul
  std::string truth;          // rul: column with the time left after an asset's last row; may be absent from a table
  std::string column;         // the label, value or class column; of reconstruction the truth, which may be absent from a table
  double horizon = 0;         // of failure_within, in units of time; of a change, rows
  std::size_t base = 1;       // of a change: rows up to this one whose mean it counts from
  Of of = Of::kMean;          // of a change: what of the rows within the horizon
  double scale = 1;           // a change is multiplied by it
  Thresholds source = Thresholds::kGiven;
  std::vector<double> quantiles;    // of change_class, where thresholds come from them
  std::vector<double> thresholds;   // of change_class, rising; a change that equals one is of the class nearer to 0
  std::vector<std::string> labels;  // of several classes

  LearningTask learning_task() const;
  Task task() const;
  bool needs_time() const { return kind == Kind::kRul || kind == Kind::kFailureWithin; }
};

absl::StatusOr<TargetSpec> ParseTarget(const nlohmann::json& json, std::string_view path);
nlohmann::json ToJson(const TargetSpec& target);

/// The target with what the training rows decide: the thresholds of classes, the labels of a column. FailedPrecondition when they
/// do not decide it.
absl::StatusOr<TargetSpec> FitTarget(const TargetSpec& target, const PipelineSpec& pipeline, const Table& table,
                                     std::span<const AssetRows> training);

/// The target of every row of the table, by its number: the value, or the class from 0; NaN where it is unknown (future not in
/// the table, value missing, label unknown). `rul` is not capped here. Of a target that needs fitting it must be the fitted one.
absl::StatusOr<std::vector<double>> ComputeTarget(const TargetSpec& target, const PipelineSpec& pipeline, const Table& table,
                                                  std::span<const AssetRows> assets);

/// min(value, cap), NaN stays.
double Cut(double value, const std::optional<double>& cap);

}  // namespace millwright::learn
