#include "monitor/storage/pg_release_store.h"

#include "lib/base/status_macros.h"
#include "monitor/storage/release_rows.h"

namespace millwright::monitor {
namespace {

constexpr pg::Statement kAddRelease{"add_release", R"sql(
  INSERT INTO monitor.releases (workspace_id, model, revision, version, changed_at)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (workspace_id, model, revision) DO NOTHING
)sql"};

// A wanted rollback stays wanted: only the registry's history tells whether it was this monitor that replaced the release.
constexpr pg::Statement kSupersede{"supersede_releases", R"sql(
  UPDATE monitor.releases
     SET state = 'superseded', changed_at = $4
   WHERE workspace_id = $1 AND model = $2 AND revision < $3 AND state IN ('watching', 'rollback_failed')
)sql"};

// Answers that were logged before the registry's word of the release arrived. Clocks may differ a little.
constexpr pg::Statement kLoggedAlready{"logged_of_release", R"sql(
  SELECT replace(prediction_id::text, '-', ''), at, outcome
    FROM monitor.predictions
   WHERE workspace_id = $1 AND model = $2 AND revision = $3 AND version = $4 AND at >= $5::timestamptz - interval '10 minutes'
   ORDER BY at, prediction_id
   LIMIT $6
)sql"};

constexpr pg::Statement kWanted{"wanted_rollbacks", R"sql(
  SELECT workspace_id, model, revision, version, state, requests, not_finite, failed, first_at, last_at, to_jsonb(examples),
         recent, recent_bad, reason, evidence, changed_at
    FROM monitor.releases
   WHERE state = 'rollback_wanted'
      OR (state = 'rollback_failed' AND next_attempt <= $1 AND recent_bad > 0 AND recent_bad >= recent * $2::float8)
   ORDER BY changed_at
   LIMIT 100
)sql"};

constexpr pg::Statement kConclude{"conclude_rollback", R"sql(
  UPDATE monitor.releases
     SET state = $4, reason = $5, evidence = $6, changed_at = $7, next_attempt = $8, recent = 0, recent_bad = 0
   WHERE workspace_id = $1 AND model = $2 AND revision = $3 AND state IN ('rollback_wanted', 'rollback_failed')
)sql"};

constexpr pg::Statement kPassQuiet{"pass_quiet_releases", R"sql(
  UPDATE monitor.releases SET state = 'passed', changed_at = $2 WHERE state = 'watching' AND first_at < $1
)sql"};

}  // namespace

absl::StatusOr<bool> PgReleaseStore::Follow(const Deployed& deployed) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<bool> {
    RETURN_IF_ERROR(LockLogAlone(tx));
    RETURN_IF_ERROR(tx.Execute(kSupersede, deployed.workspace, deployed.model, deployed.revision, deployed.at).status());
    if (deployed.version == 0) return false;
    ASSIGN_OR_RETURN(const std::int64_t added, tx.Execute(kAddRelease, deployed.workspace, deployed.model, deployed.revision,
                                                          deployed.version, deployed.at));
    if (added == 0) return false;
    ASSIGN_OR_RETURN(std::optional<Release> release, LockRelease(tx, deployed.workspace, deployed.model, deployed.revision));
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kLoggedAlready, deployed.workspace, deployed.model,
                                                              deployed.revision, deployed.version, deployed.at, guard_.requests));
    for (const pg::Row& row : rows) {
      Count(*release, {.id = row.Text(0), .version = deployed.version, .at = row.Time(1), .outcome = OutcomeOf(row.Text(2))},
            guard_, deployed.at);
    }
    if (!rows.empty()) RETURN_IF_ERROR(StoreRelease(tx, *release));
    return release->state == ReleaseState::kRollbackWanted;
  });
}

absl::StatusOr<std::vector<Release>> PgReleaseStore::WantedRollbacks(absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Release>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kWanted, now, guard_.bad_share));
    std::vector<Release> wanted;
    for (const pg::Row& row : rows) wanted.push_back(ReadRelease(row));
    return wanted;
  });
}

absl::Status PgReleaseStore::Conclude(const Release& release, absl::Time next_attempt) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    return tx
        .Execute(kConclude, release.workspace, release.model, release.revision, Text(release.state), release.reason,
                 release.evidence, release.changed_at, next_attempt)
        .status();
  });
}

absl::Status PgReleaseStore::PassQuiet(absl::Time first_before, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status { return tx.Execute(kPassQuiet, first_before, now).status(); });
}

}  // namespace millwright::monitor
