#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/learn/features/matrix.h"
#include "lib/learn/table/table.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// One statistic of a window or since-start step, such as mean, delta_10.
struct Statistic {
  enum class Kind { kMean, kSd, kSlope, kMin, kMax, kLast, kMeanLast, kDelta, kMeanFirst, kWindowMinusFirst };
  Kind kind = Kind::kMean;
  std::size_t rows = 0;  // the K of mean_last_K, delta_K, mean_first_K, window_minus_first_K

  bool operator==(const Statistic&) const = default;
};

/// Operating conditions: rows whose settings all lie within `tolerance` of each other's centre share one.
struct ConditionSpec {
  std::vector<std::string> columns;
  std::vector<double> tolerance;
};

struct ScaleSpec {
  std::optional<ConditionSpec> conditions;
};

/// A step that emits features: per column and statistic, or a single one.
struct FeatureStep {
  enum class Kind { kWindow, kSinceStart, kRowNumber, kTime };
  Kind kind = Kind::kWindow;
  std::size_t rows = 0;              // of a window
  std::vector<std::string> columns;  // empty: all selected ones
  std::vector<Statistic> statistics;
};

/// Where an asset's history begins anew.
struct RestartSpec {
  std::optional<double> max_gap;  // in units of time
  std::string column;             // empty: none
};

/// A declared feature pipeline; the README has its JSON.
struct PipelineSpec {
  std::string asset_column;  // empty: one asset
  std::string time_column;   // empty: row order
  std::string time_unit;
  std::optional<double> first_time;  // the time of an asset's first row
  std::size_t window = 0;
  std::size_t min_rows = 1;
  RestartSpec restart;
  std::vector<std::string> selected;  // empty: every sensor column of the training table
  std::optional<ScaleSpec> scale;
  bool imputes = false;
  std::vector<FeatureStep> steps;

  bool IsSinceStart() const;
  /// Rows of the longest window, at least 1.
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
  /// Fits on the given rows of the table (all of the training split's assets), in the order given.
  static absl::StatusOr<FittedPipeline> Fit(const PipelineSpec& spec, const Table& table, std::span<const AssetRows> training);

  /// Exact: numbers survive to the bit.
  nlohmann::json ToJson() const;
  static absl::StatusOr<FittedPipeline> FromJson(const nlohmann::json& json);

  const PipelineSpec& spec() const { return spec_; }
  /// Columns that Push takes, in its order: the selected ones, then settings, time and restart column as far as needed.
  std::span<const std::string> inputs() const { return inputs_; }
  std::span<const std::string> feature_names() const { return layout_.names; }
  const FeatureLayout& layout() const { return layout_; }
  HistoryNeed history() const;
  std::size_t condition_count() const { return conditions_.size(); }

 private:
  friend class FeatureStream;
  struct Condition {
    std::vector<double> centre;  // of the settings
    std::vector<double> mean;    // per selected column
    std::vector<double> sd;
  };

  absl::Status Resolve();
  std::size_t NearestCondition(std::span<const double> settings) const;
  absl::Status FindConditions(const Table& table, std::span<const AssetRows> training);

  PipelineSpec spec_;
  std::vector<std::string> inputs_;
  FeatureLayout layout_;
  std::vector<std::vector<std::size_t>> step_columns_;  // per step: positions in selected
  std::size_t setting_begin_ = 0;                       // positions in inputs_
  std::optional<std::size_t> time_input_;
  std::optional<std::size_t> restart_input_;
  std::vector<Condition> conditions_;
  std::vector<double> fill_;  // per selected column: the training mean after scaling
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

 private:
  struct SinceStart {
    double sum = 0;
    double count = 0;
  };

  void Window(const FeatureStep& step, std::size_t step_index, std::vector<double>& out);

  const FittedPipeline* pipeline_;
  std::size_t capacity_;      // rows kept: the longest window
  std::vector<double> ring_;  // prepared rows, capacity_ × selected
  std::size_t rows_ = 0;
  std::size_t pushed_ = 0;
  std::size_t restarts_ = 0;
  double time_ = 0;
  double first_time_ = 0;
  double restart_value_ = 0;
  std::vector<SinceStart> all_;                 // per selected column
  std::vector<std::vector<SinceStart>> first_;  // per distinct K, per selected column
  std::vector<std::size_t> first_rows_;         // the distinct K
  std::vector<double> prepared_;
  std::vector<double> scratch_;
  std::vector<double> features_;
};

/// Features of those rows that have enough history; `rows` are their numbers in the table.
struct BatchFeatures {
  FeatureMatrix matrix;
  std::vector<std::size_t> rows;
};

/// Folds a FeatureStream over each asset's rows. With `last_row_only` one row per asset: its last, if it has enough history.
absl::StatusOr<BatchFeatures> ComputeFeatures(const FittedPipeline& pipeline, const Table& table,
                                              std::span<const AssetRows> assets, bool last_row_only = false);

}  // namespace millwright::learn
