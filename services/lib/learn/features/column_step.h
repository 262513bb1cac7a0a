#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/learn/features/column_history.h"
#include "lib/learn/features/row_layout.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/table/table.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// Training rows as they reach a step, in order; `begins` with the first row of each history. for_each may be called as often as
/// need be.
struct TrainingRows {
  const Table& table;
  std::span<const AssetRows> assets;
  std::function<absl::Status(const std::function<void(std::span<const double> row, bool begins)>& visit)> for_each;
};

/// The categories of a text input: a row holds a category's number in the list, or NaN.
struct TextCategories {
  std::string column;
  std::vector<std::string> names;
};

/// A step that changes the columns of a row or adds some. What it writes depends on this row and on the rows() - 1 rows before it
/// alone, as they reached the step; that is what makes a history of declared length enough. Used as: parsed; cloned; Bind; Fit or
/// Restore; Extend; then Apply, which is const and thread-safe.
class ColumnStep {
 public:
  virtual ~ColumnStep() = default;
  virtual std::unique_ptr<ColumnStep> Clone() const = 0;
  /// The step as declared, with defaults filled in.
  virtual nlohmann::json ToJson() const = 0;

  /// Finds the columns that the step reads.
  virtual absl::Status Bind(RowLayout& layout) = 0;
  virtual absl::Status Fit(const TrainingRows& rows);
  /// What Fit found, exact, or null; and back. `path` is for messages.
  virtual nlohmann::json Fitted() const { return nullptr; }
  virtual absl::Status Restore(const nlohmann::json& fitted, const std::string& path);
  /// Adds the columns that the step makes.
  virtual absl::Status Extend(RowLayout& layout);

  /// Rows that one row of output depends on.
  virtual std::size_t rows() const { return 1; }
  /// Places whose last rows() values Apply is given, this row's among them.
  virtual std::span<const std::size_t> remembered() const { return {}; }
  /// Whether Apply reads those values sorted.
  virtual bool needs_sorted() const { return false; }
  /// `history` has a column for each of remembered().
  virtual void Apply(std::span<double> row, const ColumnHistory& history) const = 0;
  virtual const TextCategories* categories() const { return nullptr; }
};

/// What a step's JSON may lean on.
struct StepContext {
  std::size_t window = 0;  // features.window; 0: none
  bool has_time = false;
  std::string time_unit;
};

/// Readers of each step's keys. Bad values are kept in `step`, or returned.
using ColumnStepOr = absl::StatusOr<std::shared_ptr<const ColumnStep>>;
ColumnStepOr ParseSelect(StrictObject& step, const StepContext& context);
ColumnStepOr ParseEncode(StrictObject& step, const StepContext& context);
ColumnStepOr ParsePca(StrictObject& step, const StepContext& context);
ColumnStepOr ParseDerive(StrictObject& step, const StepContext& context);
ColumnStepOr ParseImpute(StrictObject& step, const StepContext& context);
ColumnStepOr ParseScale(StrictObject& step, const StepContext& context);
/// `scale` with `rows`.
ColumnStepOr ParseRollingScale(StrictObject& step);
ColumnStepOr ParseSmooth(StrictObject& step, const StepContext& context);
/// Every number column with the role sensor.
absl::StatusOr<std::shared_ptr<const ColumnStep>> SelectSensors(const Table& table);

/// The names of one column may not be there twice; fails `key` otherwise.
void RequireDistinct(StrictObject& step, std::string_view key, std::span<const std::string> names);

}  // namespace millwright::learn
