#include <algorithm>
#include <cmath>

#include "lib/base/status_macros.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/features/row_reader.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
}  // namespace

absl::StatusOr<bool> HistoryClock::Next(double time, double segment) {
  const bool has_time = !spec_->time_column.empty();
  const bool has_segment = !spec_->restart.column.empty();
  if (has_time && !std::isfinite(time))
    return absl::InvalidArgumentError(Cat("\"", spec_->time_column, "\" is missing; every row needs its time"));
  if (has_time && is_running_ && time <= time_) {
    return absl::InvalidArgumentError(Cat("\"", spec_->time_column, "\" ", Shortest(time), " is not after ", Shortest(time_),
                                          " of the row before; rows go in order of time, oldest first"));
  }
  if (has_segment && !std::isfinite(segment))
    return absl::InvalidArgumentError(Cat("\"", spec_->restart.column, "\" is missing; every row needs it"));
  const bool is_gap = has_time && spec_->restart.max_gap && is_running_ && time - time_ > *spec_->restart.max_gap;
  const bool is_changed = has_segment && is_running_ && segment != segment_;
  is_running_ = true;
  time_ = time;
  segment_ = segment;
  return is_gap || is_changed;
}

RowChain::RowChain(std::span<const std::shared_ptr<const ColumnStep>> steps, std::size_t width) : steps_(steps), row_(width) {
  for (const auto& step : steps_) histories_.emplace_back(step->remembered().size(), step->rows(), step->needs_sorted());
}

void RowChain::Apply() {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (const std::span<const std::size_t> places = steps_[i]->remembered(); !places.empty()) histories_[i].Push(row_, places);
    steps_[i]->Apply(row_, histories_[i]);
  }
}

void RowChain::Clear() {
  for (ColumnHistory& history : histories_) history.Clear();
}

FeatureStream::FeatureStream(const FittedPipeline& pipeline)
    : pipeline_(&pipeline),
      clock_(pipeline.spec_),
      chain_(pipeline.spec_.column_steps, pipeline.rows_.width()),
      history_(pipeline.kept_.size(), pipeline.spec_.LongestWindow()),
      features_(pipeline.layout_.names.size()) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < pipeline.feature_counts_.size(); ++i) {
    states_.push_back(pipeline.spec_.feature_steps[i]->NewState());
    begins_.push_back(begin);
    begin += pipeline.feature_counts_[i];
  }
}

void FeatureStream::Reset() {
  clock_.Clear();
  chain_.Clear();
  history_.Clear();
  for (const auto& state : states_) {
    if (state != nullptr) state->Clear();
  }
  rows_ = 0;
  restarts_ = 0;
  first_time_ = kNothing;
}

FeatureInput FeatureStream::Input() {
  return {
      .history = history_, .rows = rows_, .time = clock_.time(), .times = pipeline_->rows_.columns().size(), .scratch = scratch_};
}

absl::Status FeatureStream::Push(std::span<const double> row) {
  const FittedPipeline& p = *pipeline_;
  if (row.size() != p.inputs_.size())
    return absl::InvalidArgumentError(Cat("a row has ", row.size(), " values and must have ", p.inputs_.size()));
  ASSIGN_OR_RETURN(const bool begins_anew, clock_.Next(p.time_input_ ? row[*p.time_input_] : kNothing,
                                                       p.restart_input_ ? row[*p.restart_input_] : kNothing));
  if (begins_anew) {
    chain_.Clear();
    history_.Clear();
    for (const auto& state : states_) {
      if (state != nullptr) state->Clear();
    }
    rows_ = 0;
    ++restarts_;
  }
  for (std::size_t i = 0; i < row.size(); ++i) chain_.row()[p.rows_.inputs()[i].place] = row[i];
  chain_.Apply();
  history_.Push(chain_.row(), p.kept_);
  if (rows_ == 0) first_time_ = clock_.time();
  ++rows_;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (states_[i] != nullptr) p.spec_.feature_steps[i]->Push(*states_[i], Input());
  }
  return absl::OkStatus();
}

std::span<const double> FeatureStream::Features() {
  for (std::size_t i = 0; i < begins_.size(); ++i) ComputeStep(i);
  return features_;
}

void FeatureStream::ComputeStep(std::size_t step) {
  pipeline_->spec_.feature_steps[step]->Emit(Input(), states_[step].get(), features_.data() + begins_[step]);
}

absl::StatusOr<BatchFeatures> ComputeFeatures(const FittedPipeline& pipeline, const Table& table,
                                              std::span<const AssetRows> assets, const BatchOptions& options) {
  ASSIGN_OR_RETURN(const RowReader reader, RowReader::Open(table, pipeline.raw_inputs(), pipeline.categories()));
  BatchFeatures batch;
  batch.matrix.columns = pipeline.feature_names().size();
  std::size_t expected = 0;  // rows, unless histories restart
  for (const AssetRows& asset : assets) {
    if (asset.rows.size() < pipeline.spec().min_rows) continue;
    expected += options.last_row_only ? 1 : (asset.rows.size() - pipeline.spec().min_rows) / options.stride + 1;
  }
  if (expected > options.max_values / std::max<std::size_t>(1, batch.matrix.columns)) {
    return absl::ResourceExhaustedError(Cat(expected, " rows of ", batch.matrix.columns, " features are more than ",
                                            options.max_values,
                                            " values; take fewer features or rows (features.stride takes every so many)"));
  }
  batch.matrix.values.reserve(expected * batch.matrix.columns);
  batch.rows.reserve(expected);
  FeatureStream stream(pipeline);
  std::vector<double> row(reader.size());
  for (const AssetRows& asset : assets) {
    stream.Reset();
    for (std::size_t i = 0; i < asset.rows.size(); ++i) {
      for (std::size_t c = 0; c < row.size(); ++c) row[c] = reader.Get(c, asset.rows[i]);
      if (const absl::Status status = stream.Push(row); !status.ok()) {
        return absl::Status(status.code(), Cat("row ", asset.rows[i] + 1, " of asset \"", asset.asset, "\": ", status.message()));
      }
      const std::size_t left = asset.rows.size() - 1 - i;
      if (!stream.IsReady() || (options.last_row_only && left > 0) || left % options.stride != 0) continue;
      AppendRow(batch.matrix, stream.Features());
      batch.rows.push_back(asset.rows[i]);
    }
  }
  return batch;
}

absl::StatusOr<BatchFeatures> ComputeFeatures(const FittedPipeline& pipeline, const Table& table,
                                              std::span<const AssetRows> assets, bool last_row_only) {
  return ComputeFeatures(pipeline, table, assets, BatchOptions{.last_row_only = last_row_only});
}

}  // namespace millwright::learn
