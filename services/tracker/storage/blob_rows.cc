#include "tracker/storage/blob_rows.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kPutBlob{"put_blob", R"sql(
  INSERT INTO tracker.blobs (sha256, size) VALUES ($1, $2)
  ON CONFLICT (sha256) DO UPDATE SET idle_since = NULL WHERE blobs.idle_since IS NOT NULL
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

constexpr pg::Statement kWake{"wake_blob", R"sql(
  UPDATE tracker.blobs SET idle_since = NULL WHERE sha256 = $1 AND idle_since IS NOT NULL
)sql"};

absl::StatusOr<Blob> FindBlob(pg::Tx& tx, const pg::Statement& statement, const base::WorkspaceId& workspace,
                              const std::string& sha256) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(statement, workspace, sha256));
  if (!row) return absl::NotFoundError(absl::StrCat("no blob has the SHA-256 ", sha256));
  return Blob{row->Text(0), static_cast<std::uint64_t>(row->Int(1))};
}

}  // namespace

absl::Status HoldBlob(pg::Tx& tx, const base::WorkspaceId& workspace, const Blob& blob, BlobWriter& writer) {
  RETURN_IF_ERROR(tx.Many(kShareBlobName, blob.sha256).status());
  RETURN_IF_ERROR(tx.Execute(kPutBlob, blob.sha256, blob.size).status());
  RETURN_IF_ERROR(tx.Execute(kHold, workspace, blob.sha256).status());
  return writer.Publish();
}

absl::StatusOr<Blob> KeepHeldBlob(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& sha256) {
  ASSIGN_OR_RETURN(Blob blob, FindBlob(tx, kKeepHeld, workspace, sha256));
  RETURN_IF_ERROR(tx.Execute(kWake, sha256).status());
  return blob;
}

absl::StatusOr<Blob> FindHeldBlob(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& sha256) {
  return FindBlob(tx, kGetHeld, workspace, sha256);
}

}  // namespace millwright::tracker
