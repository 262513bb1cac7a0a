#include "tracker/storage/pg_upload_store.h"

#include "lib/base/status_macros.h"
#include "tracker/storage/blob_rows.h"
#include "tracker/storage/pg_artifact_store.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kCreate{"create_upload", R"sql(
  INSERT INTO tracker.artifact_uploads (secret_hash, workspace_id, path, part_count, expires_at) VALUES ($1, $2, $3, $4, $5)
)sql"};

constexpr pg::Statement kFind{"find_upload", R"sql(
  SELECT id, workspace_id, path, part_count, completed_at IS NOT NULL
    FROM tracker.artifact_uploads
   WHERE secret_hash = $1
     AND expires_at > $2
)sql"};

// Parts share the upload, so that none comes in while it is completed or dropped.
constexpr pg::Statement kShareOpen{"share_open_upload", R"sql(
  SELECT 1 FROM tracker.artifact_uploads WHERE id = $1 AND completed_at IS NULL FOR SHARE
)sql"};

constexpr pg::Statement kPutPart{"put_upload_part", R"sql(
  INSERT INTO tracker.artifact_upload_parts (upload_id, number, sha256)
  VALUES ($1, $2, $3)
  ON CONFLICT (upload_id, number) DO UPDATE SET sha256 = excluded.sha256
)sql"};

constexpr pg::Statement kParts{"list_upload_parts", R"sql(
  SELECT p.number, b.sha256, b.size
    FROM tracker.artifact_upload_parts p JOIN tracker.blobs b USING (sha256)
   WHERE p.upload_id = $1
   ORDER BY p.number
)sql"};

constexpr pg::Statement kComplete{"complete_upload", R"sql(
  UPDATE tracker.artifact_uploads SET completed_at = now() WHERE id = $1 AND completed_at IS NULL
)sql"};

constexpr pg::Statement kDropParts{"drop_upload_parts", "DELETE FROM tracker.artifact_upload_parts WHERE upload_id = $1"};
constexpr pg::Statement kDrop{"drop_upload", "DELETE FROM tracker.artifact_uploads WHERE id = $1"};

constexpr pg::Statement kGrant{"grant_download", R"sql(
  INSERT INTO tracker.download_grants (token_hash, workspace_id, sha256, name, expires_at) VALUES ($1, $2, $3, $4, $5)
)sql"};

constexpr pg::Statement kFindGrant{"find_download_grant", R"sql(
  SELECT g.workspace_id, b.sha256, b.size, g.name
    FROM tracker.download_grants g JOIN tracker.blobs b USING (sha256)
   WHERE g.token_hash = $1
     AND g.expires_at > $2
)sql"};

Blob ReadBlob(const pg::Row& row, int column) { return {row.Text(column), static_cast<std::uint64_t>(row.Int(column + 1))}; }

}  // namespace

absl::Status PgUploadStore::Create(const std::string& secret_hash, const ArtifactUpload& upload, absl::Time expires_at) {
  return db_.Transact([&](pg::Tx& tx) {
    return tx.Execute(kCreate, secret_hash, upload.workspace, upload.path, upload.part_count, expires_at).status();
  });
}

absl::StatusOr<ArtifactUpload> PgUploadStore::Find(const std::string& secret_hash, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<ArtifactUpload> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFind, secret_hash, now));
    if (!row) return absl::NotFoundError("upload_id: is not of an upload under way; it may have been given up or have expired");
    return ArtifactUpload{row->Int(0), base::WorkspaceId(row->Text(1)), row->Text(2), static_cast<int>(row->Int(3)),
                          row->Bool(4)};
  });
}

absl::Status PgUploadStore::PutPart(const ArtifactUpload& upload, int number, const Blob& blob, BlobWriter& writer) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> open, tx.ZeroOrOne(kShareOpen, upload.number));
    if (!open) return absl::FailedPreconditionError("upload_id: the upload is complete or was given up");
    RETURN_IF_ERROR(HoldBlob(tx, upload.workspace, blob, writer));
    return tx.Execute(kPutPart, upload.number, number, blob.sha256).status();
  });
}

absl::StatusOr<std::map<int, Blob>> PgUploadStore::Parts(const ArtifactUpload& upload) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::map<int, Blob>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kParts, upload.number));
    std::map<int, Blob> parts;
    for (const pg::Row& row : rows) parts[static_cast<int>(row.Int(0))] = ReadBlob(row, 1);
    return parts;
  });
}

absl::Status PgUploadStore::Complete(const ArtifactUpload& upload, const Blob& blob, BlobWriter& writer) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t completed, tx.Execute(kComplete, upload.number));
    if (completed == 0) return absl::OkStatus();
    RETURN_IF_ERROR(HoldBlob(tx, upload.workspace, blob, writer));
    RETURN_IF_ERROR(PutTreeFile(tx, upload.workspace, upload.path, blob));
    return tx.Execute(kDropParts, upload.number).status();
  });
}

absl::Status PgUploadStore::Drop(const ArtifactUpload& upload) {
  return db_.Transact([&](pg::Tx& tx) { return tx.Execute(kDrop, upload.number).status(); });
}

absl::Status PgUploadStore::Grant(const std::string& token_hash, const DownloadGrant& grant, absl::Time expires_at) {
  return db_.Transact([&](pg::Tx& tx) {
    return tx.Execute(kGrant, token_hash, grant.workspace, grant.blob.sha256, grant.name, expires_at).status();
  });
}

absl::StatusOr<DownloadGrant> PgUploadStore::FindGrant(const std::string& token_hash, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<DownloadGrant> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindGrant, token_hash, now));
    if (!row) return absl::NotFoundError("token: is not one for a download, or has expired");
    return DownloadGrant{base::WorkspaceId(row->Text(0)), ReadBlob(*row, 1), row->Text(3)};
  });
}

}  // namespace millwright::tracker
