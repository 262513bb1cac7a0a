#include "trainer-worker/tasks/sample.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/learn/training/seen_rows.h"
#include "lib/learn/training/training_spec.h"

namespace millwright::trainer {

absl::StatusOr<learn::ScoredTable> Sample::Score(const learn::Bundle& bundle, const learn::EvaluateOptions& options) const {
  absl::StatusOr<learn::ScoredTable> scored = learn::ScoreTable(bundle, table, options);
  // A column that the bundle reads and the table lacks is the caller's mistake.
  if (absl::IsNotFound(scored.status())) return absl::InvalidArgumentError(scored.status().message());
  RETURN_IF_ERROR(scored.status());
  if (!mask) return scored;
  learn::ScoredTable kept = learn::Keep(*scored, *mask);
  if (kept.rows.table_rows.empty()) return absl::FailedPreconditionError("no row of this split has enough history to be scored");
  return kept;
}

absl::StatusOr<Sample> TakeSample(const std::string& dataset_version_id, const std::string& split, const learn::Bundle& bundle,
                                  TaskContext& context) {
  ASSIGN_OR_RETURN(LoadedDataset dataset, LoadDataset(dataset_version_id, context));
  learn::Table& table = dataset.table;
  if (split == "all") return Sample{.table = std::move(table), .dataset = std::move(dataset.version)};
  ASSIGN_OR_RETURN(const learn::TrainingSpec spec, learn::ParseTrainingSpec(bundle.training_spec()));
  const bool is_there = split == "test" ? spec.split.HasTest() : split == "train" || spec.split.HasValidation();
  if (!is_there) {
    return absl::InvalidArgumentError(absl::StrCat("with.options.split is ", split, ", but the training spec's split has no ",
                                                   split, " part: give it a share of the rows or assets"));
  }
  ASSIGN_OR_RETURN(const std::vector<learn::AssetRows> assets,
                   learn::GroupByAsset(table, spec.pipeline.asset_column, spec.pipeline.time_column));
  ASSIGN_OR_RETURN(const std::vector<learn::Part> parts, learn::SplitRows(spec, table, assets));
  const learn::Part wanted = split == "test"         ? learn::Part::kTest
                             : split == "validation" ? learn::Part::kValidation
                                                     : learn::Part::kTraining;
  std::vector<std::size_t> rows;
  std::vector<bool> mask(table.rows());
  for (std::size_t row = 0; row < parts.size(); ++row) {
    if (parts[row] != wanted) continue;
    rows.push_back(row);
    mask[row] = true;
  }
  if (spec.split.by == learn::SplitSpec::By::kAsset)
    return Sample{.table = table.Take(rows), .dataset = std::move(dataset.version)};
  return Sample{.table = std::move(table), .mask = std::move(mask), .dataset = std::move(dataset.version)};
}

absl::StatusOr<std::optional<LoadedDataset>> LoadTraining(const learn::Bundle& bundle, TaskContext& context) {
  const auto id = bundle.lineage().find("dataset_version_id");
  if (id == bundle.lineage().end() || !id->is_string() || bundle.training_spec().is_null()) return std::nullopt;
  absl::StatusOr<LoadedDataset> training = LoadDataset(id->get<std::string>(), context);
  if (absl::IsNotFound(training.status()) || absl::IsInvalidArgument(training.status())) return std::nullopt;
  RETURN_IF_ERROR(training.status());
  return *std::move(training);
}

absl::StatusOr<std::vector<bool>> SeenOf(const Sample& sample, const learn::Bundle& bundle, TaskContext& context) {
  ASSIGN_OR_RETURN(const std::optional<LoadedDataset> training, LoadTraining(bundle, context));
  if (!training) return std::vector<bool>();
  const bool is_same_version = training->version.dataset_version_id() == sample.dataset.dataset_version_id();
  const learn::TrainedOn trained_on{.table = training->table,
                                    .has_same_assets = training->version.name() == sample.dataset.name(),
                                    // A sample of some assets has taken its rows out of the table.
                                    .is_same_table = is_same_version && sample.table.rows() == training->table.rows()};
  ASSIGN_OR_RETURN(std::vector<bool> seen, learn::SeenRows(bundle, trained_on, sample.table));
  for (std::size_t row = 0; row < seen.size(); ++row) seen[row] = seen[row] && (!sample.mask || (*sample.mask)[row]);
  return seen;
}

}  // namespace millwright::trainer
