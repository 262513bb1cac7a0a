#include "tracker/storage/pg_artifact_store.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/find_run.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kPutBlob{"put_blob", R"sql(
  INSERT INTO tracker.blobs (sha256, size) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING
)sql"};

constexpr pg::Statement kHold{"hold_blob", R"sql(
  INSERT INTO tracker.blob_holders (workspace_id, sha256) VALUES ($1, $2) ON CONFLICT (workspace_id, sha256) DO NOTHING
)sql"};

constexpr pg::Statement kGetHeld{"get_held_blob", R"sql(
  SELECT b.sha256, b.size
    FROM tracker.blob_holders h JOIN tracker.blobs b USING (sha256)
   WHERE h.workspace_id = $1
     AND h.sha256 = $2
)sql"};

constexpr pg::Statement kKeepHeld{"keep_held_blob", R"sql(
  SELECT b.sha256, b.size
    FROM tracker.blob_holders h JOIN tracker.blobs b USING (sha256)
   WHERE h.workspace_id = $1
     AND h.sha256 = $2
     FOR KEY SHARE
)sql"};

constexpr pg::Statement kPut{"put_artifact", R"sql(
  INSERT INTO tracker.artifacts (run_number, path, sha256)
  VALUES ($1, $2, $3)
  ON CONFLICT (run_number, path) DO UPDATE SET sha256 = excluded.sha256, updated_at = now()
)sql"};

// '0' follows '/', so this range is all that begins with the path and a slash.
constexpr pg::Statement kList{"list_artifacts", R"sql(
  SELECT a.path, b.sha256, b.size
    FROM tracker.artifacts a JOIN tracker.blobs b USING (sha256)
   WHERE a.run_number = $1
     AND ($2 = '' OR a.path = $2 OR (a.path >= $2 || '/' AND a.path < $2 || '0'))
   ORDER BY a.path
   LIMIT $3
)sql"};

absl::StatusOr<Blob> FindBlob(pg::Tx& tx, const pg::Statement& statement, const base::WorkspaceId& workspace,
                              const std::string& sha256) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(statement, workspace, sha256));
  if (!row) return absl::NotFoundError(absl::StrCat("no blob has the SHA-256 ", sha256));
  return Blob{row->Text(0), static_cast<std::uint64_t>(row->Int(1))};
}

}  // namespace

absl::StatusOr<Blob> KeepHeldBlob(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& sha256) {
  return FindBlob(tx, kKeepHeld, workspace, sha256);
}

absl::Status PgArtifactStore::Hold(const base::WorkspaceId& workspace, const Blob& blob) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Execute(kPutBlob, blob.sha256, blob.size).status());
    return tx.Execute(kHold, workspace, blob.sha256).status();
  });
}

absl::StatusOr<Blob> PgArtifactStore::GetHeld(const base::WorkspaceId& workspace, const std::string& sha256) {
  return db_.Transact([&](pg::Tx& tx) { return FindBlob(tx, kGetHeld, workspace, sha256); });
}

absl::StatusOr<Artifact> PgArtifactStore::Put(const base::WorkspaceId& workspace, const RunId& run, const std::string& path,
                                              const std::string& sha256) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Artifact> {
    ASSIGN_OR_RETURN(const std::int64_t number, HoldRun(tx, workspace, run));
    ASSIGN_OR_RETURN(Blob blob, KeepHeldBlob(tx, workspace, sha256));
    RETURN_IF_ERROR(tx.Execute(kPut, number, path, sha256).status());
    return Artifact{run, path, std::move(blob)};
  });
}

absl::StatusOr<std::vector<Artifact>> PgArtifactStore::List(const base::WorkspaceId& workspace, const RunId& run,
                                                            const std::string& path) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Artifact>> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, run));
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kList, number, path, kMaxListed + 1));
    if (rows.size() > kMaxListed) {
      return absl::ResourceExhaustedError(
          absl::StrCat("path: more than ", kMaxListed, " artifacts are below \"", path, "\"; list a folder of it"));
    }
    std::vector<Artifact> artifacts;
    for (const pg::Row& row : rows)
      artifacts.push_back({run, row.Text(0), {row.Text(1), static_cast<std::uint64_t>(row.Int(2))}});
    return artifacts;
  });
}

}  // namespace millwright::tracker
