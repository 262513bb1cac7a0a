#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/learn/features/column_step.h"
#include "lib/learn/features/feature_step.h"
#include "lib/learn/features/matrix.h"
#include "lib/learn/features/row_layout.h"
#include "lib/learn/table/table.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// Where an asset's history begins anew.
struct RestartSpec {
  std::optional<double> max_gap;  // in units of time
  std::string column;             // empty: none
};

/// A declared feature pipeline; the README has its JSON. Its steps are as parsed, fitted to nothing.
struct PipelineSpec {
  std::string asset_column;  // empty: one asset
  std::string time_column;   // empty: row order
  std::string time_unit;
  std::optional<double> first_time;  // the time of an asset's first row
  std::size_t window = 0;
  std::size_t min_rows = 1;
  std::size_t stride = 1;  // training takes every so many rows of an asset
  RestartSpec restart;
  bool selects = false;  // else every sensor column of the training table is taken
  std::vector<std::shared_ptr<const ColumnStep>> column_steps;
  std::vector<std::shared_ptr<const FeatureStep>> feature_steps;

  bool IsSinceStart() const;
  /// Rows of the longest feature step, at least 1.
  std::size_t LongestWindow() const;
};

/// Reads the spec's keys `asset`, `time`, `features`. Strict.
absl::StatusOr<PipelineSpec> ParsePipeline(const nlohmann::json& asset, const nlohmann::json& time,
                                           const nlohmann::json& features);

/// What a prediction needs: `rows` of raw history (when it has that many), at least `min_rows`, or everything since the asset's
/// start.
struct HistoryNeed {
  std::size_t rows = 1;
  std::size_t min_rows = 1;
  bool since_start = false;
};

class FeatureStream;

/// A pipeline fitted on training rows. Immutable; shared by any number of streams and threads.
class FittedPipeline {
 public:
  /// Fits on the given rows of the table (all of the training split's assets), in the order given. Each step sees the rows as the
  /// steps before it left them.
  static absl::StatusOr<FittedPipeline> Fit(const PipelineSpec& spec, const Table& table, std::span<const AssetRows> training);

  /// Exact: numbers survive to the bit.
  nlohmann::json ToJson() const;
  static absl::StatusOr<FittedPipeline> FromJson(const nlohmann::json& json);

  const PipelineSpec& spec() const { return spec_; }
  /// Columns that Push takes, in its order: the selected ones, then settings, texts, time and restart column as far as needed.
  std::span<const std::string> inputs() const { return inputs_; }
  /// Per input the categories of a text, whose numbers Push takes; null for a number.
  std::span<const TextCategories* const> categories() const { return categories_; }
  std::span<const RowLayout::Input> raw_inputs() const { return rows_.inputs(); }
  std::span<const std::string> feature_names() const { return layout_.names; }
  const FeatureLayout& layout() const { return layout_; }
  /// How many of the features each step makes.
  std::span<const std::size_t> feature_counts() const { return feature_counts_; }
  HistoryNeed history() const;
  /// Whether a row without its time can be scored.
  bool needs_time() const;

 private:
  friend class FeatureStream;

  absl::Status Resolve();

  PipelineSpec spec_;  // its steps are the fitted ones
  RowLayout rows_;
  std::vector<std::string> inputs_;
  std::vector<const TextCategories*> categories_;  // per input; null for numbers
  std::vector<std::size_t> kept_;                  // places of the columns that feature steps see
  FeatureLayout layout_;
  std::vector<std::size_t> feature_counts_;  // per feature step
  std::optional<std::size_t> time_input_;
  std::optional<std::size_t> restart_input_;
};

/// The number of a text in the list of categories; NaN when it is not there.
double CategoryNumber(const TextCategories& categories, std::string_view text);

/// Watches where a history begins anew.
class HistoryClock {
 public:
  explicit HistoryClock(const PipelineSpec& spec) : spec_(&spec) {}

  /// Takes the next row's time and value of the restart column (NaN where the pipeline has none); true when the history begins
  /// anew with it. InvalidArgument, with nothing changed, when one is missing or the time is not after the one before.
  absl::StatusOr<bool> Next(double time, double segment);
  void Clear() { is_running_ = false; }
  double time() const { return time_; }

 private:
  const PipelineSpec* spec_;
  bool is_running_ = false;
  double time_ = std::numeric_limits<double>::quiet_NaN();
  double segment_ = 0;
};

/// A row's way through the column steps, with the rows that they remember.
class RowChain {
 public:
  RowChain(std::span<const std::shared_ptr<const ColumnStep>> steps, std::size_t width);

  /// The row's values by place; inputs are set by the caller, Apply fills in the rest.
  std::span<double> row() { return row_; }
  void Apply();
  void Clear();

 private:
  std::span<const std::shared_ptr<const ColumnStep>> steps_;
  std::vector<double> row_;
  std::vector<ColumnHistory> histories_;  // one a step
};

/// The streaming step: one asset's rows go in, in order of time; features of the last one come out. Batch features are the fold
/// of this class over the rows, so they are equal to the bit. Not thread-safe; one per asset. The pipeline must outlive it.
class FeatureStream {
 public:
  explicit FeatureStream(const FittedPipeline& pipeline);

  /// `row` has one value per pipeline.inputs(), missing ones NaN. A restart (gap, changed column) empties the history first.
  /// InvalidArgument, with the stream unchanged, when the time is missing or not after the one before.
  absl::Status Push(std::span<const double> row);
  /// Forgets everything, as for a new asset.
  void Reset();

  /// Rows since the history last began.
  std::size_t rows() const { return rows_; }
  /// Whether there are min_rows.
  bool IsReady() const { return rows_ >= pipeline_->spec_.min_rows; }
  /// Number of restarts inside the rows pushed so far.
  std::size_t restarts() const { return restarts_; }
  /// The time of the first row since the history last began; NaN without a time column.
  double first_time() const { return first_time_; }
  /// Features of the last row, one per feature_names(); valid until the next call. Only when rows() > 0.
  std::span<const double> Features();
  /// The features of one step alone, by its number; the others are left as they are.
  void ComputeStep(std::size_t step);

 private:
  FeatureInput Input();

  const FittedPipeline* pipeline_;
  HistoryClock clock_;
  RowChain chain_;
  ColumnHistory history_;
  std::vector<std::unique_ptr<FeatureStep::State>> states_;  // per feature step; null where it has none
  std::size_t rows_ = 0;
  std::size_t restarts_ = 0;
  double first_time_ = std::numeric_limits<double>::quiet_NaN();
  StatisticScratch scratch_;
  std::vector<std::size_t> begins_;  // per feature step, where its features begin
  std::vector<double> features_;
};

/// Features of those rows that have enough history; `rows` are their numbers in the table.
struct BatchFeatures {
  FeatureMatrix matrix;
  std::vector<std::size_t> rows;
};

struct BatchOptions {
  bool last_row_only = false;  // one row per asset: its last, if it has enough history
  std::size_t stride = 1;      // every so many rows of an asset, counted back from its last
  std::size_t max_values = std::size_t{1} << 30;
};

/// Folds a FeatureStream over each asset's rows. ResourceExhausted when there could be more than max_values.
absl::StatusOr<BatchFeatures> ComputeFeatures(const FittedPipeline& pipeline, const Table& table,
                                              std::span<const AssetRows> assets, const BatchOptions& options);
absl::StatusOr<BatchFeatures> ComputeFeatures(const FittedPipeline& pipeline, const Table& table,
                                              std::span<const AssetRows> assets, bool last_row_only = false);

}  // namespace millwright::learn
