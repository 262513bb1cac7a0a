#include "tracker/storage/pg_artifact_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/artifact_place.h"
#include "tracker/storage/blob_rows.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kPut{"put_artifact", R"sql(
  INSERT INTO tracker.artifact_files (workspace_id, path, sha256, run_number, model_number)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (workspace_id, path) DO UPDATE
     SET sha256 = excluded.sha256, run_number = excluded.run_number, model_number = excluded.model_number, updated_at = now()
)sql"};

constexpr pg::Statement kGet{"get_artifact", R"sql(
  SELECT f.path, b.sha256, b.size, f.updated_at
    FROM tracker.artifact_files f JOIN tracker.blobs b USING (sha256)
   WHERE f.workspace_id = $1
     AND f.path = $2
)sql"};

// '0' follows '/', so such a range is all that begins with the path and a slash.
constexpr pg::Statement kIsFolder{"is_artifact_folder", R"sql(
  SELECT 1 FROM tracker.artifact_files WHERE workspace_id = $1 AND path >= $2 || '/' AND path < $2 || '0' LIMIT 1
)sql"};

constexpr pg::Statement kList{"list_artifacts", R"sql(
  SELECT f.path, b.sha256, b.size, f.updated_at
    FROM tracker.artifact_files f JOIN tracker.blobs b USING (sha256)
   WHERE f.workspace_id = $1
     AND ($2 = '' OR f.path = $2 OR (f.path >= $2 || '/' AND f.path < $2 || '0'))
   ORDER BY f.path
   LIMIT $3
)sql"};

constexpr pg::Statement kListFolder{"list_artifact_folder", R"sql(
  SELECT name, is_folder, size
    FROM (SELECT split_part(substr(f.path, char_length($2) + 1), '/', 1) COLLATE "C" AS name,
                 strpos(substr(f.path, char_length($2) + 1), '/') > 0 AS is_folder,
                 max(b.size) AS size
            FROM tracker.artifact_files f JOIN tracker.blobs b USING (sha256)
           WHERE f.workspace_id = $1
             AND ($2 = '' OR (f.path >= $2 AND f.path < rtrim($2, '/') || '0'))
           GROUP BY 1, 2) AS entries
   WHERE $3::text IS NULL
      OR (name, is_folder) > ($3, $4::boolean)
   ORDER BY name, is_folder
   LIMIT $5
)sql"};

constexpr pg::Statement kDelete{"delete_artifacts", R"sql(
  DELETE FROM tracker.artifact_files
   WHERE workspace_id = $1
     AND ($2 = '' OR path = $2 OR (path >= $2 || '/' AND path < $2 || '0'))
)sql"};

constexpr pg::Statement kPin{"pin_blob", R"sql(
  INSERT INTO tracker.blob_pins (workspace_id, owner, sha256) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
)sql"};

constexpr pg::Statement kUnpin{"unpin_blobs", "DELETE FROM tracker.blob_pins WHERE workspace_id = $1 AND owner = $2"};

// The path in the tree; an empty one is the root itself.
std::string TreePath(const ArtifactPlace& place, const std::string& path) {
  if (!path.empty()) return absl::StrCat(place.prefix, path);
  return place.prefix.empty() ? "" : place.prefix.substr(0, place.prefix.size() - 1);
}

Artifact ReadArtifact(const pg::Row& row, const ArtifactPlace& place) {
  return {row.Text(0).substr(place.prefix.size()), {row.Text(1), static_cast<std::uint64_t>(row.Int(2))}, row.Time(3)};
}

absl::StatusOr<std::vector<Artifact>> ListFiles(pg::Tx& tx, const base::WorkspaceId& workspace, const ArtifactRoot& root,
                                                const std::string& path) {
  ASSIGN_OR_RETURN(const ArtifactPlace place, FindPlace(tx, workspace, root));
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows,
                   tx.Many(kList, workspace, TreePath(place, path), ArtifactStore::kMaxListed + 1));
  if (rows.size() > ArtifactStore::kMaxListed) {
    return absl::ResourceExhaustedError(
        absl::StrCat("path: more than ", ArtifactStore::kMaxListed, " artifacts are below \"", path, "\"; list a folder of it"));
  }
  std::vector<Artifact> artifacts;
  for (const pg::Row& row : rows) artifacts.push_back(ReadArtifact(row, place));
  return artifacts;
}

// In the order of their names, as every writer of many blobs goes.
absl::Status PinAll(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& owner, std::vector<std::string> sha256s) {
  std::sort(sha256s.begin(), sha256s.end());
  sha256s.erase(std::unique(sha256s.begin(), sha256s.end()), sha256s.end());
  for (const std::string& sha256 : sha256s) {
    RETURN_IF_ERROR(KeepHeldBlob(tx, workspace, sha256).status());
    RETURN_IF_ERROR(tx.Execute(kPin, workspace, owner, sha256).status());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PutTreeFile(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& tree_path, const Blob& blob) {
  ASSIGN_OR_RETURN(const ArtifactOwner owner, HoldOwner(tx, workspace, tree_path));
  return tx.Execute(kPut, workspace, tree_path, blob.sha256, owner.run_number, owner.model_number).status();
}

absl::Status PgArtifactStore::Hold(const base::WorkspaceId& workspace, const Blob& blob, BlobWriter& writer) {
  return db_.Transact([&](pg::Tx& tx) { return HoldBlob(tx, workspace, blob, writer); });
}

absl::StatusOr<Blob> PgArtifactStore::GetHeld(const base::WorkspaceId& workspace, const std::string& sha256) {
  return db_.Transact([&](pg::Tx& tx) { return FindHeldBlob(tx, workspace, sha256); });
}

absl::StatusOr<std::string> PgArtifactStore::Location(const base::WorkspaceId& workspace, const ArtifactRoot& root) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(ArtifactPlace place, FindPlace(tx, workspace, root));
    return std::move(place.location);
  });
}

absl::StatusOr<Artifact> PgArtifactStore::Put(const base::WorkspaceId& workspace, const ArtifactRoot& root,
                                              const std::string& path, const std::string& sha256) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Artifact> {
    ASSIGN_OR_RETURN(const ArtifactPlace place, FindPlace(tx, workspace, root));
    ASSIGN_OR_RETURN(Blob blob, KeepHeldBlob(tx, workspace, sha256));
    RETURN_IF_ERROR(PutTreeFile(tx, workspace, TreePath(place, path), blob));
    return Artifact{path, std::move(blob), absl::Now()};
  });
}

absl::StatusOr<Artifact> PgArtifactStore::Put(const base::WorkspaceId& workspace, const ArtifactRoot& root,
                                              const std::string& path, const Blob& blob, BlobWriter& writer) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Artifact> {
    ASSIGN_OR_RETURN(const ArtifactPlace place, FindPlace(tx, workspace, root));
    RETURN_IF_ERROR(HoldBlob(tx, workspace, blob, writer));
    RETURN_IF_ERROR(PutTreeFile(tx, workspace, TreePath(place, path), blob));
    return Artifact{path, blob, absl::Now()};
  });
}

absl::StatusOr<Artifact> PgArtifactStore::Get(const base::WorkspaceId& workspace, const ArtifactRoot& root,
                                              const std::string& path) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Artifact> {
    ASSIGN_OR_RETURN(const ArtifactPlace place, FindPlace(tx, workspace, root));
    const std::string tree_path = TreePath(place, path);
    ASSIGN_OR_RETURN(const std::optional<pg::Row> file, tx.ZeroOrOne(kGet, workspace, tree_path));
    if (file && !path.empty()) return ReadArtifact(*file, place);
    ASSIGN_OR_RETURN(const std::optional<pg::Row> below, tx.ZeroOrOne(kIsFolder, workspace, tree_path));
    if (!below) return absl::NotFoundError(absl::StrCat("No such artifact: '", tree_path, "'"));
    return absl::InvalidArgumentError(absl::StrCat("Artifact path refers to a directory, not a file: '", tree_path, "'"));
  });
}

absl::StatusOr<std::vector<Artifact>> PgArtifactStore::List(const base::WorkspaceId& workspace, const ArtifactRoot& root,
                                                            const std::string& path) {
  return db_.Transact([&](pg::Tx& tx) { return ListFiles(tx, workspace, root, path); });
}

absl::StatusOr<std::vector<ArtifactEntry>> PgArtifactStore::ListFolder(const base::WorkspaceId& workspace,
                                                                       const ArtifactRoot& root, const std::string& path,
                                                                       const std::optional<ArtifactEntry>& after, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<ArtifactEntry>> {
    ASSIGN_OR_RETURN(const ArtifactPlace place, FindPlace(tx, workspace, root));
    const std::string folder = path.empty() ? "" : absl::StrCat(path, "/");
    std::optional<std::string> after_name;
    if (after) after_name = after->path.substr(folder.size());
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListFolder, workspace, absl::StrCat(place.prefix, folder),
                                                              after_name, after && after->is_folder, limit));
    std::vector<ArtifactEntry> entries;
    for (const pg::Row& row : rows) {
      const bool is_folder = row.Bool(1);
      entries.push_back({absl::StrCat(folder, row.Text(0)), is_folder, is_folder ? 0 : static_cast<std::uint64_t>(row.Int(2))});
    }
    return entries;
  });
}

absl::StatusOr<std::int64_t> PgArtifactStore::Delete(const base::WorkspaceId& workspace, const ArtifactRoot& root,
                                                     const std::string& path) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::int64_t> {
    ASSIGN_OR_RETURN(const ArtifactPlace place, FindPlace(tx, workspace, root));
    return tx.Execute(kDelete, workspace, TreePath(place, path));
  });
}

absl::Status PgArtifactStore::Pin(const base::WorkspaceId& workspace, const std::string& owner,
                                  const std::vector<std::string>& sha256s) {
  return db_.Transact([&](pg::Tx& tx) { return PinAll(tx, workspace, owner, sha256s); });
}

absl::StatusOr<std::vector<Artifact>> PgArtifactStore::PinTree(const base::WorkspaceId& workspace, const std::string& owner,
                                                               const ArtifactRoot& root, const std::string& path) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Artifact>> {
    ASSIGN_OR_RETURN(std::vector<Artifact> files, ListFiles(tx, workspace, root, path));
    std::vector<std::string> sha256s;
    for (const Artifact& file : files) sha256s.push_back(file.blob.sha256);
    RETURN_IF_ERROR(PinAll(tx, workspace, owner, std::move(sha256s)));
    return files;
  });
}

absl::Status PgArtifactStore::Unpin(const base::WorkspaceId& workspace, const std::string& owner) {
  return db_.Transact([&](pg::Tx& tx) { return tx.Execute(kUnpin, workspace, owner).status(); });
}

}  // namespace millwright::tracker
