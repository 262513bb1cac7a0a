#include "lib/learn/evaluation/head_rows.h"

#include <cmath>

#include "lib/base/status_macros.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

template <typename T>
std::vector<T> Pick(const std::vector<T>& values, std::span<const std::size_t> chosen) {
  std::vector<T> picked;
  picked.reserve(chosen.size());
  for (const std::size_t i : chosen) picked.push_back(values[i]);
  return picked;
}

/// The assets whose last row is not among the scored ones, which are in the assets' order.
std::vector<std::string> UnscoredAssets(std::span<const AssetRows> assets, std::span<const std::size_t> scored) {
  std::vector<std::string> unscored;
  std::size_t next = 0;
  for (const AssetRows& asset : assets) {
    if (next < scored.size() && scored[next] == asset.rows.back()) {
      ++next;
    } else {
      unscored.push_back(asset.asset);
    }
  }
  return unscored;
}

absl::StatusOr<ScoredRows> Describe(const Table& table, const PipelineSpec& pipeline, std::span<const AssetRows> assets,
                                    std::vector<std::size_t> scored) {
  ScoredRows rows{.has_assets = !pipeline.asset_column.empty(), .has_times = !pipeline.time_column.empty()};
  std::vector<std::uint32_t> asset_of(table.rows());
  for (std::size_t a = 0; a < assets.size(); ++a) {
    rows.assets.push_back(assets[a].asset);
    for (const std::size_t row : assets[a].rows) asset_of[row] = static_cast<std::uint32_t>(a);
  }
  const Column* time = nullptr;
  if (rows.has_times) {
    ASSIGN_OR_RETURN(time, table.GetNumber(pipeline.time_column));
  }
  for (const std::size_t row : scored) {
    rows.asset_of.push_back(asset_of[row]);
    rows.times.push_back(time != nullptr ? time->numbers[row] : static_cast<double>(row));
  }
  rows.table_rows = std::move(scored);
  return rows;
}

}  // namespace

ScoredRows Select(const ScoredRows& rows, std::span<const std::size_t> chosen) {
  return {.has_assets = rows.has_assets,
          .has_times = rows.has_times,
          .assets = rows.assets,
          .table_rows = Pick(rows.table_rows, chosen),
          .asset_of = Pick(rows.asset_of, chosen),
          .times = Pick(rows.times, chosen)};
}

HeadRows Select(const HeadRows& head, std::span<const std::size_t> chosen) {
  HeadRows picked{.name = head.name,
                  .target = head.target,
                  .threshold = head.threshold,
                  .quantile = head.quantile,
                  .labels = head.labels,
                  .truth = Pick(head.truth, chosen),
                  .predicted = Pick(head.predicted, chosen)};
  if (head.probabilities.empty()) return picked;
  const std::size_t classes = head.labels.size();
  for (const std::size_t i : chosen) {
    const auto row = head.probabilities.begin() + static_cast<std::ptrdiff_t>(i * classes);
    picked.probabilities.insert(picked.probabilities.end(), row, row + static_cast<std::ptrdiff_t>(classes));
  }
  return picked;
}

ScoredTable Keep(const ScoredTable& scored, const std::vector<bool>& mask) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < scored.rows.table_rows.size(); ++i) {
    if (mask[scored.rows.table_rows[i]]) chosen.push_back(i);
  }
  ScoredTable kept{.rows = Select(scored.rows, chosen), .min_rows = scored.min_rows, .unscored = scored.unscored};
  for (const HeadRows& head : scored.heads) kept.heads.push_back(Select(head, chosen));
  return kept;
}

std::vector<std::size_t> KnownRows(const HeadRows& head) {
  std::vector<std::size_t> known;
  for (std::size_t i = 0; i < head.truth.size(); ++i) {
    if (!std::isnan(head.truth[i])) known.push_back(i);
  }
  return known;
}

absl::StatusOr<ScoredTable> ScoreTable(const Bundle& bundle, const Table& table, const EvaluateOptions& options) {
  const PipelineSpec& pipeline = bundle.pipeline().spec();
  ASSIGN_OR_RETURN(const std::vector<AssetRows> assets, GroupByAsset(table, pipeline.asset_column, pipeline.time_column));
  ASSIGN_OR_RETURN(BatchFeatures features, ComputeFeatures(bundle.pipeline(), table, assets, options.last_row_only));
  if (features.rows.empty())
    return absl::FailedPreconditionError(
        Cat("no row has the ", bundle.history().min_rows, " rows of history that the model needs (features.min_rows)"));
  ASSIGN_OR_RETURN(const std::vector<Prediction> predictions, bundle.PredictFeatures(features.matrix));

  ScoredTable scored{.min_rows = bundle.history().min_rows};
  if (options.last_row_only) scored.unscored = UnscoredAssets(assets, features.rows);
  ASSIGN_OR_RETURN(scored.rows, Describe(table, pipeline, assets, std::move(features.rows)));
  for (std::size_t h = 0; h < bundle.heads().size(); ++h) {
    const BundleHead& head = bundle.heads()[h];
    TargetSpec target = head.target;
    if (!options.truth_column.empty() && target.kind == TargetSpec::Kind::kRul) {
      target.truth = options.truth_column;
      RETURN_IF_ERROR(table.GetNumber(target.truth).status());
    }
    ASSIGN_OR_RETURN(const std::vector<double> all, ComputeTarget(target, pipeline, table, assets));
    HeadRows rows{.name = head.name, .target = head.target, .threshold = head.threshold, .quantile = head.quantile};
    if (rows.task() == Task::kMulticlass) rows.labels = head.target.labels;
    for (std::size_t i = 0; i < scored.rows.table_rows.size(); ++i) {
      const HeadPrediction& answer = predictions[i].heads[h];
      rows.truth.push_back(all[scored.rows.table_rows[i]]);
      rows.predicted.push_back(answer.value);
      rows.probabilities.insert(rows.probabilities.end(), answer.probabilities.begin(), answer.probabilities.end());
    }
    scored.heads.push_back(std::move(rows));
  }
  return scored;
}

}  // namespace millwright::learn
