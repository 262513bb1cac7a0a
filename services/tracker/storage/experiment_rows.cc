#include "tracker/storage/experiment_rows.h"

#include <map>

#include "lib/base/status_macros.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kGet{"get_experiment", "SELECT " TRACKER_EXPERIMENT_COLUMNS " FROM tracker.experiments WHERE id = $1",
                             pg::Plan::kPrepared};

constexpr pg::Statement kListTags{"list_experiment_tags", R"sql(
  SELECT experiment_id, key, value FROM tracker.experiment_tags WHERE experiment_id = ANY ($1::bigint[]) ORDER BY experiment_id, key
)sql",
                                  pg::Plan::kPrepared};

}  // namespace

Experiment ReadExperiment(const pg::Row& row) {
  Experiment experiment;
  experiment.id = ExperimentId(row.Bool(3) ? kDefaultExperiment : row.Text(0));
  experiment.name = row.Text(1);
  experiment.created_at = row.Time(2);
  experiment.updated_at = row.Time(4);
  experiment.is_deleted = row.Bool(5);
  experiment.artifact_location = row.Text(6);
  if (experiment.artifact_location.empty()) experiment.artifact_location = DefaultArtifactLocation(experiment.id);
  return experiment;
}

absl::Status FillExperiments(pg::Tx& tx, const std::vector<std::int64_t>& numbers, std::vector<Experiment>& experiments) {
  if (numbers.empty()) return absl::OkStatus();
  std::map<std::int64_t, Experiment*> by_number;
  for (std::size_t i = 0; i < experiments.size(); ++i) by_number[numbers[i]] = &experiments[i];
  ASSIGN_OR_RETURN(const std::vector<pg::Row> tags, tx.Many(kListTags, numbers));
  for (const pg::Row& row : tags) by_number.at(row.Int(0))->tags.push_back({row.Text(1), row.Text(2)});
  return absl::OkStatus();
}

absl::StatusOr<Experiment> GetExperiment(pg::Tx& tx, std::int64_t number) {
  ASSIGN_OR_RETURN(const pg::Row row, tx.One(kGet, number));
  std::vector<Experiment> experiments = {ReadExperiment(row)};
  RETURN_IF_ERROR(FillExperiments(tx, {number}, experiments));
  return std::move(experiments.front());
}

}  // namespace millwright::tracker
