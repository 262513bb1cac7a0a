#include "tracker/storage/pg_dataset_store.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/page.h"
#include "tracker/storage/blob_rows.h"

namespace millwright::tracker {
namespace {

// Locks the dataset's row: versions of one dataset are numbered one after the other.
constexpr pg::Statement kPutDataset{"put_dataset", R"sql(
  INSERT INTO tracker.datasets (workspace_id, name)
  VALUES ($1, $2)
  ON CONFLICT (workspace_id, name) DO UPDATE SET name = excluded.name
  RETURNING id
)sql"};

constexpr pg::Statement kCreate{"create_dataset_version", R"sql(
  INSERT INTO tracker.dataset_versions (dataset_id, workspace_id, version, content_hash, sha256, row_count, schema, statistics, origin)
  SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7, $8 FROM tracker.dataset_versions WHERE dataset_id = $1
  ON CONFLICT (dataset_id, content_hash) DO NOTHING
)sql"};

#define VERSION_COLUMNS                                                                                                    \
  "v.id, v.version, d.name, v.content_hash, b.sha256, b.size, v.row_count, v.schema, v.statistics, v.origin, v.created_at" \
  " FROM tracker.dataset_versions v JOIN tracker.datasets d ON d.id = v.dataset_id JOIN tracker.blobs b USING (sha256)"

constexpr pg::Statement kFindHash{"find_dataset_version_hash",
                                  "SELECT " VERSION_COLUMNS " WHERE v.dataset_id = $1 AND v.content_hash = $2"};
constexpr pg::Statement kGet{"get_dataset_version", "SELECT " VERSION_COLUMNS " WHERE v.id = $1 AND v.workspace_id = $2"};
constexpr pg::Statement kList{"list_dataset_versions", "SELECT " VERSION_COLUMNS R"sql(
   WHERE v.workspace_id = $1
     AND v.id < $2
     AND ($3::text IS NULL OR d.name = $3)
   ORDER BY v.id DESC
   LIMIT $4
)sql"};

#undef VERSION_COLUMNS

DatasetVersion ReadVersion(const pg::Row& row) {
  DatasetVersion version;
  version.id = DatasetVersionId(row.Text(0));
  version.version = static_cast<int>(row.Int(1));
  version.facts.name = row.Text(2);
  version.facts.content_hash = row.Text(3);
  version.facts.sha256 = row.Text(4);
  version.blob = {row.Text(4), static_cast<std::uint64_t>(row.Int(5))};
  version.facts.row_count = row.Int(6);
  version.facts.schema = row.Json(7);
  version.facts.statistics = row.Json(8);
  version.facts.origin = row.Json(9);
  version.created_at = row.Time(10);
  return version;
}

}  // namespace

absl::StatusOr<DatasetVersion> PgDatasetStore::CreateVersion(const base::WorkspaceId& workspace, const NewDatasetVersion& facts) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<DatasetVersion> {
    RETURN_IF_ERROR(KeepHeldBlob(tx, workspace, facts.sha256).status());
    ASSIGN_OR_RETURN(const pg::Row dataset, tx.One(kPutDataset, workspace, facts.name));
    RETURN_IF_ERROR(tx.Execute(kCreate, dataset.Int(0), workspace, facts.content_hash, facts.sha256, facts.row_count,
                               facts.schema, facts.statistics, facts.origin)
                        .status());
    ASSIGN_OR_RETURN(const pg::Row row, tx.One(kFindHash, dataset.Int(0), facts.content_hash));
    return ReadVersion(row);
  });
}

absl::StatusOr<DatasetVersion> PgDatasetStore::Get(const base::WorkspaceId& workspace, const DatasetVersionId& id) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<DatasetVersion> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGet, id, workspace));
    if (!row) return absl::NotFoundError(absl::StrCat("no dataset version has the id ", id.value()));
    return ReadVersion(*row);
  });
}

absl::StatusOr<PageOf<DatasetVersion>> PgDatasetStore::List(const base::WorkspaceId& workspace,
                                                            const std::optional<std::string>& name, const Page& page) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<PageOf<DatasetVersion>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kList, workspace, Before(page), name, page.size + 1));
    std::vector<DatasetVersion> versions;
    std::vector<std::int64_t> numbers;
    for (const pg::Row& row : rows) {
      versions.push_back(ReadVersion(row));
      numbers.push_back(row.Int(0));
    }
    return Cut(std::move(versions), numbers, page);
  });
}

}  // namespace millwright::tracker
