#include "monitor/storage/release_rows.h"

#include <array>
#include <utility>

#include "lib/base/check.h"
#include "lib/base/status_macros.h"

namespace millwright::monitor {
namespace {

constexpr pg::Statement kLockShared{"lock_log_shared", "SELECT pg_advisory_xact_lock_shared(hashtextextended('monitor.log', 0))"};
constexpr pg::Statement kLockAlone{"lock_log_alone", "SELECT pg_advisory_xact_lock(hashtextextended('monitor.log', 0))"};

constexpr pg::Statement kLockRelease{"lock_release", R"sql(
  SELECT workspace_id, model, revision, version, state, requests, not_finite, failed, first_at, last_at, to_jsonb(examples),
         recent, recent_bad, reason, evidence, changed_at
    FROM monitor.releases
   WHERE workspace_id = $1 AND model = $2 AND revision = $3
     FOR UPDATE
)sql"};

constexpr pg::Statement kStoreRelease{"store_release", R"sql(
  UPDATE monitor.releases
     SET state = $4, requests = $5, not_finite = $6, failed = $7, first_at = $8, last_at = $9, examples = $10,
         recent = $11, recent_bad = $12, reason = $13, evidence = $14, changed_at = $15
   WHERE workspace_id = $1 AND model = $2 AND revision = $3
)sql"};

constexpr std::array<std::pair<ReleaseState, const char*>, 6> kStates = {{{ReleaseState::kWatching, "watching"},
                                                                          {ReleaseState::kPassed, "passed"},
                                                                          {ReleaseState::kRollbackWanted, "rollback_wanted"},
                                                                          {ReleaseState::kRolledBack, "rolled_back"},
                                                                          {ReleaseState::kRollbackFailed, "rollback_failed"},
                                                                          {ReleaseState::kSuperseded, "superseded"}}};

ReleaseState StateOf(const std::string& text) {
  for (const auto& [state, name] : kStates) {
    if (text == name) return state;
  }
  CHECK(false && "unknown release state");
  return ReleaseState::kWatching;
}

}  // namespace

absl::Status LockLogShared(pg::Tx& tx) { return tx.Many(kLockShared).status(); }
absl::Status LockLogAlone(pg::Tx& tx) { return tx.Many(kLockAlone).status(); }

std::string Text(ReleaseState state) {
  for (const auto& [known, name] : kStates) {
    if (state == known) return name;
  }
  return "";
}

Outcome OutcomeOf(const std::string& text) {
  return text == "ok" ? Outcome::kOk : text == "not_finite" ? Outcome::kNotFinite : Outcome::kFailed;
}

std::string Text(Outcome outcome) {
  return outcome == Outcome::kOk ? "ok" : outcome == Outcome::kNotFinite ? "not_finite" : "failed";
}

Release ReadRelease(const pg::Row& row, int c) {
  return {.workspace = base::WorkspaceId(row.Text(c)),
          .model = row.Text(c + 1),
          .revision = row.Int(c + 2),
          .version = static_cast<int>(row.Int(c + 3)),
          .state = StateOf(row.Text(c + 4)),
          .tally = {.requests = row.Int(c + 5),
                    .not_finite = row.Int(c + 6),
                    .failed = row.Int(c + 7),
                    .first_at = row.OptionalTime(c + 8),
                    .last_at = row.OptionalTime(c + 9),
                    .examples = row.Json(c + 10).get<std::vector<std::string>>()},
          .recent = row.Int(c + 11),
          .recent_bad = row.Int(c + 12),
          .reason = row.Text(c + 13),
          .evidence = row.Json(c + 14),
          .changed_at = row.Time(c + 15)};
}

absl::StatusOr<std::optional<Release>> LockRelease(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& model,
                                                   std::int64_t revision) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kLockRelease, workspace, model, revision));
  if (!row) return std::optional<Release>();
  return std::optional<Release>(ReadRelease(*row));
}

absl::Status StoreRelease(pg::Tx& tx, const Release& release) {
  return tx
      .Execute(kStoreRelease, release.workspace, release.model, release.revision, Text(release.state), release.tally.requests,
               release.tally.not_finite, release.tally.failed, release.tally.first_at, release.tally.last_at,
               release.tally.examples, release.recent, release.recent_bad, release.reason, release.evidence, release.changed_at)
      .status();
}

}  // namespace millwright::monitor
