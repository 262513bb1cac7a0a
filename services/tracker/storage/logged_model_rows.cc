#include "tracker/storage/logged_model_rows.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kFind{"find_logged_model", R"sql(
  SELECT number FROM tracker.logged_models WHERE model_id = $1 AND workspace_id = $2
)sql"};

constexpr pg::Statement kRead{"read_logged_models", R"sql(
  SELECT m.number, m.model_id, CASE WHEN e.is_default THEN 0 ELSE e.id END, m.name, m.model_type, m.source_run_id,
         m.artifact_location, m.status, m.created_at, m.updated_at, m.deleted_at IS NOT NULL
    FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (number, position)
    JOIN tracker.logged_models m USING (number)
    JOIN tracker.experiments e ON e.id = m.experiment_id
   ORDER BY wanted.position
)sql"};

constexpr pg::Statement kParams{"read_logged_model_params", R"sql(
  SELECT model_number, key, value FROM tracker.logged_model_params WHERE model_number = ANY ($1) ORDER BY model_number, key
)sql"};

constexpr pg::Statement kTags{"read_logged_model_tags", R"sql(
  SELECT model_number, key, value FROM tracker.logged_model_tags WHERE model_number = ANY ($1) ORDER BY model_number, key
)sql"};

constexpr pg::Statement kMetrics{"read_logged_model_metrics", R"sql(
  SELECT model_number, key, value, step, timestamp_ms, run_id, dataset_name, dataset_digest
    FROM tracker.logged_model_metrics
   WHERE model_number = ANY ($1)
   ORDER BY model_number, key, timestamp_ms, step, run_id
)sql"};

LoggedModel ReadModel(const pg::Row& row) {
  LoggedModel model;
  model.id = LoggedModelId(row.Text(1));
  model.experiment_id = ExperimentId(row.Text(2));
  model.name = row.Text(3);
  model.model_type = row.Text(4);
  model.source_run_id = row.Text(5);
  model.artifact_location = row.Text(6);
  model.status = ParseLoggedModelStatus(row.Text(7));
  model.created_at = row.Time(8);
  model.updated_at = row.Time(9);
  model.is_deleted = row.Bool(10);
  return model;
}

}  // namespace

absl::Status NoSuchLoggedModel(const std::string& id) {
  return absl::NotFoundError(absl::StrCat("Logged model with ID '", id.substr(0, 250), "' not found."));
}

absl::StatusOr<std::int64_t> FindLoggedModel(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFind, id, workspace));
  if (!row) return NoSuchLoggedModel(id);
  return row->Int(0);
}

absl::StatusOr<std::vector<LoggedModel>> ReadLoggedModels(pg::Tx& tx, const std::vector<std::int64_t>& numbers) {
  std::vector<LoggedModel> models;
  std::map<std::int64_t, std::size_t> places;
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kRead, numbers));
  for (const pg::Row& row : rows) {
    places[row.Int(0)] = models.size();
    models.push_back(ReadModel(row));
  }
  const auto model = [&](const pg::Row& row) -> LoggedModel& { return models[places.at(row.Int(0))]; };
  ASSIGN_OR_RETURN(const std::vector<pg::Row> params, tx.Many(kParams, numbers));
  for (const pg::Row& row : params) model(row).params.push_back({row.Text(1), row.Text(2)});
  ASSIGN_OR_RETURN(const std::vector<pg::Row> tags, tx.Many(kTags, numbers));
  for (const pg::Row& row : tags) model(row).tags.push_back({row.Text(1), row.Text(2)});
  ASSIGN_OR_RETURN(const std::vector<pg::Row> metrics, tx.Many(kMetrics, numbers));
  for (const pg::Row& row : metrics) {
    Metric metric{row.Text(1), row.Double(2), row.Int(3), row.Int(4)};
    metric.model = {model(row).id.value(), row.Text(6), row.Text(7)};
    model(row).metrics.push_back({std::move(metric), row.Text(5)});
  }
  return models;
}

}  // namespace millwright::tracker
