#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/learn/features/column_history.h"
#include "lib/learn/features/column_step.h"
#include "lib/learn/features/matrix.h"
#include "lib/learn/features/row_layout.h"
#include "lib/learn/features/statistic.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// An asset's history as a feature step sees it: the columns after the last column step, oldest row first, and its times as one
/// more column at the end where the pipeline has them.
struct FeatureInput {
  const ColumnHistory& history;
  std::size_t rows = 0;   // since the history began, this one among them
  double time = 0;        // of this row; NaN without a time column
  std::size_t times = 0;  // the position of the times in `history`
  StatisticScratch& scratch;
};

/// A step that makes features of an asset's history. Without a state they depend on the last rows() rows alone; with one, on
/// everything since the history began. Const use is thread-safe.
class FeatureStep {
 public:
  /// What a since-start step keeps of an asset; its size does not grow.
  class State {
   public:
    virtual ~State() = default;
    virtual void Clear() = 0;
  };

  virtual ~FeatureStep() = default;
  virtual std::unique_ptr<FeatureStep> Clone() const = 0;
  virtual nlohmann::json ToJson() const = 0;

  /// Finds the columns that the step reads and appends the names of its features.
  virtual absl::Status Bind(const RowLayout& columns, FeatureLayout& layout) = 0;
  virtual absl::Status Fit(const TrainingRows& rows);
  virtual nlohmann::json Fitted() const { return nullptr; }
  virtual absl::Status Restore(const nlohmann::json& fitted, const std::string& path);

  /// Rows that the features depend on, at most.
  virtual std::size_t rows() const { return 1; }
  /// Rows that make the features whole; features.min_rows is the greatest of these unless it is given.
  virtual std::size_t whole_rows() const { return rows(); }
  virtual bool is_since_start() const { return false; }
  virtual bool needs_time() const { return false; }
  /// Null for steps that need none.
  virtual std::unique_ptr<State> NewState() const { return nullptr; }
  /// Takes every row, only of steps with a state.
  virtual void Push(State& state, const FeatureInput& input) const;
  /// Writes as many values as Bind appended names. `state` is null where NewState was.
  virtual void Emit(const FeatureInput& input, const State* state, double* out) const = 0;
};

using FeatureStepOr = absl::StatusOr<std::shared_ptr<const FeatureStep>>;
FeatureStepOr ParseWindow(StrictObject& step, const StepContext& context);
FeatureStepOr ParseSinceStart(StrictObject& step, const StepContext& context);
FeatureStepOr ParseLags(StrictObject& step, const StepContext& context);
FeatureStepOr ParseSequence(StrictObject& step, const StepContext& context);
FeatureStepOr ParseSeasonal(StrictObject& step, const StepContext& context);
FeatureStepOr ParseSpectrum(StrictObject& step, const StepContext& context);
FeatureStepOr ParseCycles(StrictObject& step, const StepContext& context);
FeatureStepOr ParseRowNumber(StrictObject& step, const StepContext& context);
FeatureStepOr ParseTime(StrictObject& step, const StepContext& context);

/// The key `rows`, or the pipeline's window; fails when there is neither.
std::size_t WindowRows(StrictObject& step, const StepContext& context);

/// InvalidArgument when `more` features would be too many.
absl::Status RequireRoom(const FeatureLayout& layout, std::size_t more);

constexpr std::int64_t kMaxWindow = 100'000;  // rows
constexpr std::size_t kMaxPipelineFeatures = 20'000;

}  // namespace millwright::learn
