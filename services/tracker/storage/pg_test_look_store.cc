#include "tracker/storage/pg_test_look_store.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/page.h"

namespace millwright::tracker {
namespace {

// Locks the dataset version's row: its looks are numbered one after the other.
constexpr pg::Statement kHoldVersion{"hold_looked_at_version", R"sql(
  SELECT id FROM tracker.dataset_versions WHERE id = $1 AND workspace_id = $2 FOR NO KEY UPDATE
)sql"};

constexpr pg::Statement kRecord{"record_test_look", R"sql(
  INSERT INTO tracker.test_looks
    (workspace_id, dataset_version_id, split, number, run_id, subject, metrics, actor, pipeline_run_id, request_id)
  SELECT $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7, $8, $9
    FROM tracker.test_looks
   WHERE dataset_version_id = $2
     AND split = $3
  RETURNING id
)sql"};

#define LOOKS                                                                                                              \
  "SELECT l.id, l.dataset_version_id, d.name, v.version, l.split, l.number, l.run_id, l.subject, l.metrics, l.actor, "     \
  "l.pipeline_run_id, l.at FROM tracker.test_looks l JOIN tracker.dataset_versions v ON v.id = l.dataset_version_id JOIN " \
  "tracker.datasets d ON d.id = v.dataset_id "

constexpr pg::Statement kGet{"get_test_look", LOOKS "WHERE l.id = $1"};
constexpr pg::Statement kFindRequest{"find_test_look_request", LOOKS "WHERE l.workspace_id = $1 AND l.request_id = $2"};
constexpr pg::Statement kList{"list_test_looks", LOOKS R"sql(
   WHERE l.workspace_id = $1
     AND l.id < $2
     AND ($3::bigint IS NULL OR l.dataset_version_id = $3)
     AND ($4::text IS NULL OR l.run_id = $4)
   ORDER BY l.id DESC
   LIMIT $5
)sql"};

#undef LOOKS

TestLook ReadLook(const pg::Row& row) {
  TestLook look;
  look.id = row.Int(0);
  look.facts.dataset_version_id = DatasetVersionId(row.Text(1));
  look.dataset = row.Text(2);
  look.dataset_version = static_cast<int>(row.Int(3));
  look.facts.split = row.Text(4);
  look.number = static_cast<int>(row.Int(5));
  look.facts.run_id = row.Text(6);
  look.facts.subject = row.Text(7);
  const nlohmann::json metrics = row.Json(8);
  for (const auto& [name, value] : metrics.items()) {
    if (value.is_number()) look.facts.metrics[name] = value.get<double>();
  }
  look.actor = row.Text(9);
  look.facts.pipeline_run_id = row.Text(10);
  look.at = row.Time(11);
  return look;
}

}  // namespace

absl::StatusOr<TestLook> PgTestLookStore::Record(const base::WorkspaceId& workspace, const NewTestLook& look,
                                                 const std::string& actor) {
  nlohmann::json metrics = nlohmann::json::object();
  for (const auto& [name, value] : look.metrics) {
    if (std::isfinite(value)) metrics[name] = value;
  }
  std::optional<std::string> request_id;
  if (!look.request_id.empty()) request_id = look.request_id;
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<TestLook> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> version, tx.ZeroOrOne(kHoldVersion, look.dataset_version_id, workspace));
    if (!version) {
      return absl::NotFoundError(absl::StrCat("no dataset version has the id ", look.dataset_version_id.value()));
    }
    if (request_id) {
      ASSIGN_OR_RETURN(const std::optional<pg::Row> done, tx.ZeroOrOne(kFindRequest, workspace, *request_id));
      if (done) return ReadLook(*done);
    }
    ASSIGN_OR_RETURN(const pg::Row made, tx.One(kRecord, workspace, look.dataset_version_id, look.split, look.run_id,
                                                look.subject, metrics, actor, look.pipeline_run_id, request_id));
    ASSIGN_OR_RETURN(const pg::Row row, tx.One(kGet, made.Int(0)));
    return ReadLook(row);
  });
}

absl::StatusOr<PageOf<TestLook>> PgTestLookStore::List(const base::WorkspaceId& workspace, const TestLookQuery& query) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<PageOf<TestLook>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows,
                     tx.Many(kList, workspace, Before(query.page), query.dataset_version_id, query.run_id, query.page.size + 1));
    std::vector<TestLook> looks;
    std::vector<std::int64_t> numbers;
    for (const pg::Row& row : rows) {
      looks.push_back(ReadLook(row));
      numbers.push_back(row.Int(0));
    }
    return Cut(std::move(looks), numbers, query.page);
  });
}

}  // namespace millwright::tracker
