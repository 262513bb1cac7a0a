#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/base/status_macros.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/features/statistic.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
}  // namespace

FeatureStream::FeatureStream(const FittedPipeline& pipeline) : pipeline_(&pipeline), capacity_(pipeline.spec_.LongestWindow()) {
  const std::size_t selected = pipeline.spec_.selected.size();
  ring_.resize(capacity_ * selected);
  prepared_.resize(selected);
  for (const FeatureStep& step : pipeline.spec_.steps) {
    if (step.kind != FeatureStep::Kind::kSinceStart) continue;
    for (const Statistic& statistic : step.statistics) {
      if (statistic.rows > 0 && std::find(first_rows_.begin(), first_rows_.end(), statistic.rows) == first_rows_.end())
        first_rows_.push_back(statistic.rows);
    }
  }
  features_.reserve(pipeline.layout_.names.size());
  Reset();
  restarts_ = 0;
}

void FeatureStream::Reset() {
  rows_ = 0;
  pushed_ = 0;
  restarts_ = 0;
  time_ = kNothing;
  first_time_ = kNothing;
  restart_value_ = kNothing;
  all_.assign(prepared_.size(), {});
  first_.assign(first_rows_.size(), std::vector<SinceStart>(prepared_.size()));
}

absl::Status FeatureStream::Push(std::span<const double> row) {
  const FittedPipeline& p = *pipeline_;
  if (row.size() != p.inputs_.size())
    return absl::InvalidArgumentError(Cat("a row has ", row.size(), " values and must have ", p.inputs_.size()));
  const double time = p.time_input_ ? row[*p.time_input_] : kNothing;
  const double restart_value = p.restart_input_ ? row[*p.restart_input_] : kNothing;
  if (p.time_input_ && !std::isfinite(time))
    return absl::InvalidArgumentError(Cat("\"", p.spec_.time_column, "\" is missing; every row needs its time"));
  if (p.time_input_ && pushed_ > 0 && time <= time_) {
    return absl::InvalidArgumentError(Cat("\"", p.spec_.time_column, "\" ", Shortest(time), " is not after ", Shortest(time_),
                                          " of the row before; rows go in order of time, oldest first"));
  }
  if (p.restart_input_ && !std::isfinite(restart_value))
    return absl::InvalidArgumentError(Cat("\"", p.spec_.restart.column, "\" is missing; every row needs it"));
  const bool is_gap = p.time_input_ && p.spec_.restart.max_gap && pushed_ > 0 && time - time_ > *p.spec_.restart.max_gap;
  const bool is_changed = p.restart_input_ && pushed_ > 0 && restart_value != restart_value_;
  if (is_gap || is_changed) {
    const std::size_t restarts = restarts_ + 1;
    Reset();
    restarts_ = restarts;
  }

  const std::size_t selected = prepared_.size();
  for (std::size_t i = 0; i < selected; ++i) prepared_[i] = row[i];
  if (p.spec_.scale) {
    const std::size_t settings = p.spec_.scale->conditions ? p.spec_.scale->conditions->columns.size() : 0;
    const FittedPipeline::Condition& condition = p.conditions_[p.NearestCondition(row.subspan(p.setting_begin_, settings))];
    for (std::size_t i = 0; i < selected; ++i) prepared_[i] = (prepared_[i] - condition.mean[i]) / condition.sd[i];
  }
  std::copy(prepared_.begin(), prepared_.end(), ring_.begin() + static_cast<std::ptrdiff_t>((rows_ % capacity_) * selected));
  for (std::size_t i = 0; i < selected; ++i) {
    if (std::isnan(prepared_[i])) continue;
    all_[i].sum += prepared_[i];
    all_[i].count += 1;
    for (std::size_t k = 0; k < first_rows_.size(); ++k) {
      if (rows_ >= first_rows_[k]) continue;
      first_[k][i].sum += prepared_[i];
      first_[k][i].count += 1;
    }
  }
  if (rows_ == 0) first_time_ = time;
  time_ = time;
  restart_value_ = restart_value;
  ++rows_;
  ++pushed_;
  return absl::OkStatus();
}

/// The last `rows` prepared values of a column, oldest first, imputed inside the window alone so that nothing before it matters.
static void FillWindow(std::span<const double> ring, std::size_t selected, std::size_t capacity, std::size_t end,
                       std::size_t rows, std::size_t column, const double* fill, std::vector<double>& window) {
  window.clear();
  double last = fill != nullptr ? *fill : kNothing;
  for (std::size_t row = end - rows; row < end; ++row) {
    double value = ring[(row % capacity) * selected + column];
    if (fill != nullptr && std::isnan(value)) value = last;
    last = value;
    window.push_back(value);
  }
}

void FeatureStream::Window(const FeatureStep& step, std::size_t step_index, std::vector<double>& out) {
  using Kind = Statistic::Kind;
  const auto mean = [](const SinceStart& s) { return s.count > 0 ? s.sum / s.count : kNothing; };
  for (const std::size_t column : pipeline_->step_columns_[step_index]) {
    if (step.rows > 0) {
      FillWindow(ring_, prepared_.size(), capacity_, rows_, std::min(step.rows, rows_), column,
                 pipeline_->spec_.imputes ? &pipeline_->fill_[column] : nullptr, scratch_);
    }
    for (const Statistic& statistic : step.statistics) {
      if (step.kind == FeatureStep::Kind::kWindow) {
        out.push_back(Compute(statistic, scratch_));
        continue;
      }
      const auto k =
          static_cast<std::size_t>(std::find(first_rows_.begin(), first_rows_.end(), statistic.rows) - first_rows_.begin());
      if (statistic.kind == Kind::kMean) out.push_back(mean(all_[column]));
      if (statistic.kind == Kind::kMeanFirst) out.push_back(mean(first_[k][column]));
      if (statistic.kind == Kind::kWindowMinusFirst)
        out.push_back(Compute({.kind = Kind::kMean}, scratch_) - mean(first_[k][column]));
    }
  }
}

std::span<const double> FeatureStream::Features() {
  features_.clear();
  const std::vector<FeatureStep>& steps = pipeline_->spec_.steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].kind == FeatureStep::Kind::kRowNumber)
      features_.push_back(static_cast<double>(rows_));
    else if (steps[i].kind == FeatureStep::Kind::kTime)
      features_.push_back(time_);
    else
      Window(steps[i], i, features_);
  }
  return features_;
}

absl::StatusOr<BatchFeatures> ComputeFeatures(const FittedPipeline& pipeline, const Table& table,
                                              std::span<const AssetRows> assets, bool last_row_only) {
  std::vector<const Column*> columns;
  for (const std::string& name : pipeline.inputs()) {
    ASSIGN_OR_RETURN(const Column* column, table.GetNumber(name));
    columns.push_back(column);
  }
  BatchFeatures batch;
  batch.matrix.columns = pipeline.feature_names().size();
  FeatureStream stream(pipeline);
  std::vector<double> row(columns.size());
  for (const AssetRows& asset : assets) {
    stream.Reset();
    for (std::size_t i = 0; i < asset.rows.size(); ++i) {
      for (std::size_t c = 0; c < columns.size(); ++c) row[c] = columns[c]->numbers[asset.rows[i]];
      if (const absl::Status status = stream.Push(row); !status.ok()) {
        return absl::Status(status.code(), Cat("row ", asset.rows[i] + 1, " of asset \"", asset.asset, "\": ", status.message()));
      }
      if (!stream.IsReady() || (last_row_only && i + 1 < asset.rows.size())) continue;
      AppendRow(batch.matrix, stream.Features());
      batch.rows.push_back(asset.rows[i]);
    }
  }
  return batch;
}

}  // namespace millwright::learn
