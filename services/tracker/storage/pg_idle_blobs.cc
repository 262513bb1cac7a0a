#include "tracker/storage/pg_idle_blobs.h"

#include "lib/base/status_macros.h"
#include "tracker/storage/blob_rows.h"

namespace millwright::tracker {
namespace {

// Whether nothing points at the blob b. Foreign keys say the same to whoever deletes its row.
#define IS_IDLE                                                                             \
  " NOT EXISTS (SELECT FROM tracker.artifact_files x WHERE x.sha256 = b.sha256)"            \
  " AND NOT EXISTS (SELECT FROM tracker.dataset_versions x WHERE x.sha256 = b.sha256)"      \
  " AND NOT EXISTS (SELECT FROM tracker.blob_pins x WHERE x.sha256 = b.sha256)"             \
  " AND NOT EXISTS (SELECT FROM tracker.artifact_upload_parts x WHERE x.sha256 = b.sha256)" \
  " AND NOT EXISTS (SELECT FROM tracker.download_grants x WHERE x.sha256 = b.sha256)"

constexpr pg::Statement kDropUploads{"drop_expired_uploads", "DELETE FROM tracker.artifact_uploads WHERE expires_at <= $1"};
constexpr pg::Statement kDropGrants{"drop_expired_grants", "DELETE FROM tracker.download_grants WHERE expires_at <= $1"};
constexpr pg::Statement kMark{"mark_idle_blobs",
                              "UPDATE tracker.blobs b SET idle_since = $1 WHERE b.idle_since IS NULL AND" IS_IDLE};
constexpr pg::Statement kUnmark{
    "unmark_idle_blobs", "UPDATE tracker.blobs b SET idle_since = NULL WHERE b.idle_since IS NOT NULL AND NOT (" IS_IDLE ")"};
constexpr pg::Statement kIdle{"find_idle_blobs", R"sql(
  SELECT sha256 FROM tracker.blobs WHERE idle_since <= $1 ORDER BY idle_since LIMIT $2
)sql"};
constexpr pg::Statement kForget{"forget_blob",
                                "DELETE FROM tracker.blobs b WHERE b.sha256 = $1 AND b.idle_since <= $2 AND" IS_IDLE};
constexpr pg::Statement kIsKnown{"is_blob_known", "SELECT 1 FROM tracker.blobs WHERE sha256 = $1"};
constexpr pg::Statement kUnknown{"find_unknown_blobs", R"sql(
  SELECT s.sha256 FROM unnest($1::text[]) AS s (sha256) WHERE NOT EXISTS (SELECT FROM tracker.blobs b WHERE b.sha256 = s.sha256)
)sql"};

#undef IS_IDLE

}  // namespace

absl::Status PgIdleBlobs::DropExpired(absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Execute(kDropUploads, now).status());
    return tx.Execute(kDropGrants, now).status();
  });
}

absl::Status PgIdleBlobs::Mark(absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Execute(kUnmark).status());
    return tx.Execute(kMark, now).status();
  });
}

absl::StatusOr<std::vector<std::string>> PgIdleBlobs::Idle(absl::Time until, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<std::string>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kIdle, until, limit));
    std::vector<std::string> sha256s;
    for (const pg::Row& row : rows) sha256s.push_back(row.Text(0));
    return sha256s;
  });
}

absl::StatusOr<bool> PgIdleBlobs::Forget(const std::string& sha256, absl::Time until) {
  const absl::StatusOr<std::int64_t> forgotten = db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::int64_t> {
    RETURN_IF_ERROR(tx.Many(kLockBlobName, sha256).status());
    return tx.Execute(kForget, sha256, until);
  });
  if (absl::IsNotFound(forgotten.status())) return false;  // a foreign key: something points at it since the statement looked
  if (!forgotten.ok()) return forgotten.status();
  return *forgotten > 0;
}

absl::StatusOr<bool> PgIdleBlobs::RemoveUnknown(const std::string& sha256, const std::function<absl::Status()>& remove) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<bool> {
    RETURN_IF_ERROR(tx.Many(kLockBlobName, sha256).status());
    ASSIGN_OR_RETURN(const std::optional<pg::Row> known, tx.ZeroOrOne(kIsKnown, sha256));
    if (known) return false;
    RETURN_IF_ERROR(remove());
    return true;
  });
}

absl::StatusOr<std::vector<std::string>> PgIdleBlobs::Unknown(const std::vector<std::string>& sha256s) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<std::string>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kUnknown, sha256s));
    std::vector<std::string> unknown;
    for (const pg::Row& row : rows) unknown.push_back(row.Text(0));
    return unknown;
  });
}

}  // namespace millwright::tracker
