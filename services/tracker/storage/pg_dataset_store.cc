#include "tracker/storage/pg_dataset_store.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/blob_rows.h"
#include "tracker/storage/page.h"

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
  INSERT INTO tracker.dataset_versions
    (dataset_id, workspace_id, version, content_hash, sha256, row_count, schema, statistics, origin, validation)
  SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7, $8, $9 FROM tracker.dataset_versions WHERE dataset_id = $1
  ON CONFLICT (dataset_id, content_hash) DO NOTHING
)sql"};

#define VERSION_COLUMNS "v.id, v.version, d.name, v.content_hash, b.sha256, b.size, v.row_count, v.schema, v.origin, v.created_at"
#define VERSION_TABLES \
  " FROM tracker.dataset_versions v JOIN tracker.datasets d ON d.id = v.dataset_id JOIN tracker.blobs b USING (sha256) "
#define WHOLE_VERSION "SELECT " VERSION_COLUMNS ", v.statistics, v.validation" VERSION_TABLES

constexpr pg::Statement kFindHash{"find_dataset_version_hash", WHOLE_VERSION "WHERE v.dataset_id = $1 AND v.content_hash = $2"};
constexpr pg::Statement kGet{"get_dataset_version", WHOLE_VERSION "WHERE v.id = $1 AND v.workspace_id = $2"};
constexpr pg::Statement kGetPrevious{"get_previous_dataset_version", WHOLE_VERSION R"sql(
   WHERE v.workspace_id = $1
     AND d.name = $2
     AND v.version < $3
   ORDER BY v.version DESC
   LIMIT 1
)sql"};
constexpr pg::Statement kList{"list_dataset_versions", "SELECT " VERSION_COLUMNS VERSION_TABLES R"sql(
   WHERE v.workspace_id = $1
     AND v.id < $2
     AND ($3::text IS NULL OR d.name = $3)
   ORDER BY v.id DESC
   LIMIT $4
)sql"};
// Versions are dense and none is deleted, so the latest one's number is their count.
constexpr pg::Statement kListDatasets{"list_datasets", "SELECT " VERSION_COLUMNS ", d.created_at, d.id" VERSION_TABLES R"sql(
   WHERE d.workspace_id = $1
     AND d.id < $2
     AND v.version = (SELECT max(version) FROM tracker.dataset_versions WHERE dataset_id = d.id)
   ORDER BY d.id DESC
   LIMIT $3
)sql"};

#undef WHOLE_VERSION
#undef VERSION_TABLES
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
  version.facts.origin = row.Json(8);
  version.created_at = row.Time(9);
  return version;
}

DatasetVersion ReadWholeVersion(const pg::Row& row) {
  DatasetVersion version = ReadVersion(row);
  version.facts.statistics = row.Json(10);
  version.facts.validation = row.Json(11);
  return version;
}

}  // namespace

absl::StatusOr<DatasetVersion> PgDatasetStore::CreateVersion(const base::WorkspaceId& workspace, const NewDatasetVersion& facts) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<DatasetVersion> {
    RETURN_IF_ERROR(KeepHeldBlob(tx, workspace, facts.sha256).status());
    ASSIGN_OR_RETURN(const pg::Row dataset, tx.One(kPutDataset, workspace, facts.name));
    RETURN_IF_ERROR(tx.Execute(kCreate, dataset.Int(0), workspace, facts.content_hash, facts.sha256, facts.row_count,
                               facts.schema, facts.statistics, facts.origin, facts.validation)
                        .status());
    ASSIGN_OR_RETURN(const pg::Row row, tx.One(kFindHash, dataset.Int(0), facts.content_hash));
    return ReadWholeVersion(row);
  });
}

absl::StatusOr<DatasetVersion> PgDatasetStore::Get(const base::WorkspaceId& workspace, const DatasetVersionId& id) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<DatasetVersion> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGet, id, workspace));
    if (!row) return absl::NotFoundError(absl::StrCat("no dataset version has the id ", id.value()));
    return ReadWholeVersion(*row);
  });
}

absl::StatusOr<DatasetVersion> PgDatasetStore::GetPrevious(const base::WorkspaceId& workspace, const DatasetVersion& version) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<DatasetVersion> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                     tx.ZeroOrOne(kGetPrevious, workspace, version.facts.name, version.version));
    if (!row) {
      return absl::NotFoundError(absl::StrCat("dataset \"", version.facts.name, "\" has no version before ", version.version,
                                              "; name the version to compare with"));
    }
    return ReadWholeVersion(*row);
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

absl::StatusOr<PageOf<Dataset>> PgDatasetStore::ListDatasets(const base::WorkspaceId& workspace, const Page& page) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<PageOf<Dataset>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListDatasets, workspace, Before(page), page.size + 1));
    std::vector<Dataset> datasets;
    std::vector<std::int64_t> numbers;
    for (const pg::Row& row : rows) {
      Dataset& dataset = datasets.emplace_back();
      dataset.latest = ReadVersion(row);
      dataset.name = dataset.latest.facts.name;
      dataset.version_count = dataset.latest.version;
      dataset.created_at = row.Time(10);
      numbers.push_back(row.Int(11));
    }
    return Cut(std::move(datasets), numbers, page);
  });
}

}  // namespace millwright::tracker
