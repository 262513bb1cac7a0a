#include "monitor/storage/pg_prediction_store.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "monitor/storage/log_batch.h"
#include "monitor/storage/release_rows.h"

namespace millwright::monitor {
namespace {

constexpr pg::Statement kMakePartition{"make_partition", "SELECT monitor.make_partition($1::date)"};
constexpr pg::Statement kDropPartitions{"drop_partitions", "SELECT monitor.drop_partitions($1::date)"};
constexpr pg::Statement kDropLabels{"drop_labels", "DELETE FROM monitor.labels WHERE created_at < $1"};
constexpr pg::Statement kLockTimeout{"lock_timeout", "SET LOCAL lock_timeout = '5s'"};

constexpr pg::Statement kGet{"get_prediction", R"sql(
  SELECT replace(prediction_id::text, '-', ''), workspace_id, model, version, revision, asset_id, event_time, at, latency_ms, outcome,
         "values", error
    FROM monitor.predictions
   WHERE workspace_id = $1 AND prediction_id = $2
   ORDER BY at
   LIMIT 1
)sql"};

constexpr pg::Statement kList{"list_predictions", R"sql(
  SELECT replace(prediction_id::text, '-', ''), workspace_id, model, version, revision, asset_id, event_time, at, latency_ms, outcome,
         "values", error
    FROM monitor.predictions
   WHERE workspace_id = $1 AND (at, prediction_id) < ($2, $3)
   ORDER BY at DESC, prediction_id DESC
   LIMIT $4
)sql"};

constexpr pg::Statement kListOfModel{"list_predictions_of_model", R"sql(
  SELECT replace(prediction_id::text, '-', ''), workspace_id, model, version, revision, asset_id, event_time, at, latency_ms, outcome,
         "values", error
    FROM monitor.predictions
   WHERE workspace_id = $1 AND model = $5 AND (at, prediction_id) < ($2, $3)
   ORDER BY at DESC, prediction_id DESC
   LIMIT $4
)sql"};

constexpr pg::Statement kLabelsOf{"labels_of_predictions", R"sql(
  SELECT replace(prediction_id::text, '-', ''), head, value
    FROM monitor.labels
   WHERE workspace_id = $1 AND prediction_id = ANY($2::uuid[])
)sql"};

constexpr pg::Statement kVersionsOf{"versions_of_predictions", R"sql(
  SELECT replace(p.prediction_id::text, '-', ''), p.model, p.version,
         EXISTS (SELECT 1 FROM monitor.labels l WHERE l.workspace_id = p.workspace_id AND l.prediction_id = p.prediction_id)
    FROM monitor.predictions p
   WHERE p.workspace_id = $1 AND p.prediction_id = ANY($2::uuid[])
)sql"};

constexpr pg::Statement kPutLabels{"put_labels", R"sql(
  INSERT INTO monitor.labels (workspace_id, prediction_id, head, value, created_at)
  SELECT $1, id, head, value, $5 FROM unnest($2::uuid[], $3::text[], $4::float8[]) AS label (id, head, value)
  ON CONFLICT (workspace_id, prediction_id, head) DO UPDATE SET value = EXCLUDED.value, created_at = EXCLUDED.created_at
)sql"};

constexpr pg::Statement kAddLabelled{"add_labelled", R"sql(
  UPDATE monitor.version_counts SET labelled = labelled + $4 WHERE workspace_id = $1 AND model = $2 AND version = $3
)sql"};

constexpr pg::Statement kCounts{"version_counts", R"sql(
  SELECT version, predictions, not_finite, failed, labelled, latency_ms_sum, last_at
    FROM monitor.version_counts
   WHERE workspace_id = $1 AND model = $2
   ORDER BY version DESC
   LIMIT 1000
)sql"};

constexpr pg::Statement kVerdicts{"verdicts_of_model", R"sql(
  SELECT DISTINCT ON (version)
         workspace_id, model, revision, version, state, requests, not_finite, failed, first_at, last_at, to_jsonb(examples),
         recent, recent_bad, reason, evidence, changed_at
    FROM monitor.releases
   WHERE workspace_id = $1 AND model = $2 AND state <> 'superseded'
   ORDER BY version DESC, revision DESC
   LIMIT 1000
)sql"};

std::string DayOf(absl::Time at) { return absl::FormatTime("%Y-%m-%d", at, absl::UTCTimeZone()); }

Prediction ReadPrediction(const pg::Row& row) {
  return {.id = row.Text(0),
          .workspace = base::WorkspaceId(row.Text(1)),
          .model = row.Text(2),
          .version = static_cast<int>(row.Int(3)),
          .revision = row.Int(4),
          .asset_id = row.Text(5),
          .event_time = row.OptionalTime(6),
          .at = row.Time(7),
          .latency_ms = row.Double(8),
          .outcome = OutcomeOf(row.Text(9)),
          .values = row.Json(10).get<std::map<std::string, double>>(),
          .labels = {},
          .error = row.Text(11)};
}

absl::StatusOr<std::vector<Prediction>> WithLabels(pg::Tx& tx, const base::WorkspaceId& workspace,
                                                   const std::vector<pg::Row>& rows) {
  std::vector<Prediction> predictions;
  std::vector<std::string> ids;
  for (const pg::Row& row : rows) {
    predictions.push_back(ReadPrediction(row));
    ids.push_back(predictions.back().id);
  }
  ASSIGN_OR_RETURN(const std::vector<pg::Row> label_rows, tx.Many(kLabelsOf, workspace, ids));
  std::map<std::string, std::map<std::string, double>> labels;
  for (const pg::Row& row : label_rows) labels[row.Text(0)][row.Text(1)] = row.Double(2);
  for (Prediction& prediction : predictions) {
    if (const auto found = labels.find(prediction.id); found != labels.end()) {
      prediction.labels = LabelsByHead(prediction.values, found->second);
    }
  }
  return predictions;
}

}  // namespace

absl::Status PgPredictionStore::MakePartition(const std::string& day) {
  {
    absl::MutexLock lock(&mutex_);
    if (made_.contains(day)) return absl::OkStatus();
  }
  // A transaction of its own: it needs the whole log for a moment, which a transaction that holds rows of it must not wait for.
  RETURN_IF_ERROR(db_.Transact([&](pg::Tx& tx) -> absl::Status { return tx.Many(kMakePartition, day).status(); }));
  absl::MutexLock lock(&mutex_);
  made_.insert(day);
  return absl::OkStatus();
}

absl::Status PgPredictionStore::MakePartitionsOf(const std::vector<Prediction>& predictions) {
  std::set<std::string> days;
  for (const Prediction& prediction : predictions) days.insert(DayOf(prediction.at));
  for (const std::string& day : days) RETURN_IF_ERROR(MakePartition(day));
  return absl::OkStatus();
}

absl::Status PgPredictionStore::MakePartitions(absl::Time from, absl::Time to) {
  for (absl::Time at = from; at <= to; at += absl::Hours(24)) RETURN_IF_ERROR(MakePartition(DayOf(at)));
  return MakePartition(DayOf(to));
}

absl::Status PgPredictionStore::DropBefore(absl::Time time) {
  {
    absl::MutexLock lock(&mutex_);
    made_.erase(made_.begin(), made_.lower_bound(DayOf(time)));
  }
  // Two transactions: dropping holds the whole log, and must not wait for anyone's labels meanwhile.
  const absl::Status dropped = db_.Transact([&](pg::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Execute(kLockTimeout).status());
    return tx.Many(kDropPartitions, DayOf(time)).status();
  });
  RETURN_IF_ERROR(dropped);
  return db_.Transact([&](pg::Tx& tx) -> absl::Status { return tx.Execute(kDropLabels, time).status(); });
}

absl::StatusOr<bool> PgPredictionStore::Log(const std::vector<Prediction>& predictions, absl::Time now) {
  RETURN_IF_ERROR(MakePartitionsOf(predictions));
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<bool> {
    RETURN_IF_ERROR(LockLogShared(tx));
    ASSIGN_OR_RETURN(const std::vector<Prediction> added, InsertNew(tx, predictions));
    if (added.empty()) return false;
    RETURN_IF_ERROR(CountNew(tx, added));
    return GuardNew(tx, added, guard_, now);
  });
}

absl::StatusOr<LabelReceipt> PgPredictionStore::Label(const base::WorkspaceId& workspace,
                                                      const std::vector<monitor::Label>& labels, absl::Time now) {
  std::map<std::pair<std::string, std::string>, double> last;  // of several for the same prediction and head the last counts
  for (const monitor::Label& label : labels) last[{label.prediction_id, label.head}] = label.value;
  std::vector<std::string> ids, heads;
  std::vector<double> values;
  for (const auto& [key, value] : last) {
    ids.push_back(key.first);
    heads.push_back(key.second);
    values.push_back(value);
  }
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<LabelReceipt> {
    RETURN_IF_ERROR(LockLogAlone(tx));
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kVersionsOf, workspace, ids));
    std::set<std::string> known;
    std::map<std::pair<std::string, int>, std::int64_t> newly_labelled;
    for (const pg::Row& row : rows) {
      if (!known.insert(row.Text(0)).second) continue;
      if (!row.Bool(3)) ++newly_labelled[{row.Text(1), static_cast<int>(row.Int(2))}];
    }
    RETURN_IF_ERROR(tx.Execute(kPutLabels, workspace, ids, heads, values, now).status());
    for (const auto& [version, count] : newly_labelled) {
      RETURN_IF_ERROR(tx.Execute(kAddLabelled, workspace, version.first, version.second, count).status());
    }
    LabelReceipt receipt;
    for (const monitor::Label& label : labels) ++(known.contains(label.prediction_id) ? receipt.matched : receipt.pending);
    return receipt;
  });
}

absl::StatusOr<Prediction> PgPredictionStore::Get(const base::WorkspaceId& workspace, const std::string& id) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Prediction> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kGet, workspace, id));
    if (rows.empty()) return absl::NotFoundError(absl::StrCat("no prediction \"", id, "\" is logged"));
    ASSIGN_OR_RETURN(std::vector<Prediction> predictions, WithLabels(tx, workspace, rows));
    return std::move(predictions.front());
  });
}

absl::StatusOr<std::vector<Prediction>> PgPredictionStore::List(const base::WorkspaceId& workspace, const std::string& model,
                                                                const std::optional<PredictionKey>& below, int limit) {
  const absl::Time at = below ? below->at : absl::InfiniteFuture();
  const std::string id = below ? below->id : std::string(32, 'f');
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Prediction>> {
    absl::StatusOr<std::vector<pg::Row>> rows =
        model.empty() ? tx.Many(kList, workspace, at, id, limit) : tx.Many(kListOfModel, workspace, at, id, limit, model);
    RETURN_IF_ERROR(rows.status());
    return WithLabels(tx, workspace, *rows);
  });
}

absl::StatusOr<std::vector<VersionHealth>> PgPredictionStore::Health(const base::WorkspaceId& workspace,
                                                                     const std::string& model) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<VersionHealth>> {
    std::map<int, VersionHealth, std::greater<>> versions;
    ASSIGN_OR_RETURN(const std::vector<pg::Row> counts, tx.Many(kCounts, workspace, model));
    for (const pg::Row& row : counts) {
      VersionHealth& health = versions[static_cast<int>(row.Int(0))];
      health.predictions = row.Int(1);
      health.not_finite = row.Int(2);
      health.failed = row.Int(3);
      health.labelled = row.Int(4);
      health.mean_latency_ms = health.predictions == 0 ? 0 : row.Double(5) / static_cast<double>(health.predictions);
      health.last_at = row.OptionalTime(6);
    }
    ASSIGN_OR_RETURN(const std::vector<pg::Row> verdicts, tx.Many(kVerdicts, workspace, model));
    for (const pg::Row& row : verdicts) {
      Release release = ReadRelease(row);
      versions[release.version].release = std::move(release);
    }
    std::vector<VersionHealth> result;
    for (auto& [version, health] : versions) {
      health.version = version;
      result.push_back(std::move(health));
    }
    return result;
  });
}

}  // namespace millwright::monitor
