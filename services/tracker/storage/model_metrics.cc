#include "tracker/storage/model_metrics.h"

#include <map>
#include <tuple>

#include "lib/base/status_macros.h"
#include "tracker/storage/logged_model_rows.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kFindModels{"find_logged_models_of_metrics", R"sql(
  SELECT model_id, number FROM tracker.logged_models WHERE model_id = ANY ($1) AND workspace_id = $2
)sql"};

constexpr pg::Statement kPut{"put_logged_model_metrics", R"sql(
  INSERT INTO tracker.logged_model_metrics
    (model_number, key, timestamp_ms, step, run_id, value, dataset_name, dataset_digest)
  SELECT model_number, key, timestamp_ms, step, $5, value, dataset_name, dataset_digest
    FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $6::float8[], $7::text[], $8::text[])
      AS m (model_number, key, timestamp_ms, step, value, dataset_name, dataset_digest)
  ON CONFLICT DO NOTHING
)sql"};

}  // namespace

absl::Status WriteModelMetrics(pg::Tx& tx, const LoggedRun& run, const std::vector<Metric>& metrics) {
  std::map<std::string, std::int64_t> numbers;
  for (const Metric& metric : metrics) numbers[metric.model.model_id] = 0;
  std::vector<std::string> ids;
  for (const auto& [id, number] : numbers) ids.push_back(id);
  ASSIGN_OR_RETURN(const std::vector<pg::Row> found, tx.Many(kFindModels, ids, run.workspace));
  for (const pg::Row& row : found) numbers[row.Text(0)] = row.Int(1);
  // One row a point, the first of two, in one order: two writers of the same points wait for each other and never deadlock.
  std::map<std::tuple<std::int64_t, std::string, std::int64_t, std::int64_t>, const Metric*> points;
  for (const Metric& metric : metrics) {
    const std::int64_t number = numbers[metric.model.model_id];
    if (number == 0) return NoSuchLoggedModel(metric.model.model_id);
    points.emplace(std::tuple(number, metric.key, metric.timestamp_ms, metric.step), &metric);
  }
  std::vector<std::int64_t> models, times, steps;
  std::vector<std::string> keys, names, digests;
  std::vector<double> values;
  for (const auto& [place, metric] : points) {
    models.push_back(std::get<0>(place));
    keys.push_back(metric->key);
    times.push_back(metric->timestamp_ms);
    steps.push_back(metric->step);
    values.push_back(metric->value);
    names.push_back(metric->model.dataset_name);
    digests.push_back(metric->model.dataset_digest);
  }
  return tx.Execute(kPut, models, keys, times, steps, run.id, values, names, digests).status();
}

}  // namespace millwright::tracker
