#include "gateway/storage/pg_audit_log.h"

#include "lib/base/status_macros.h"

namespace millwright::gateway {
namespace {

constexpr pg::Statement kBegin{"begin_audit_entry", R"sql(
  INSERT INTO gateway.audit_entries (at, workspace_id, subject, action, resource, method, request_id, client_address)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  RETURNING id
)sql"};

constexpr pg::Statement kEnd{"end_audit_entry", R"sql(
  INSERT INTO gateway.audit_outcomes (audit_id, at, outcome) VALUES ($1, $2, $3)
)sql"};

constexpr pg::Statement kList{"list_audit_entries", R"sql(
  SELECT e.id, e.at, e.workspace_id, e.subject, e.action, e.resource, e.method, e.request_id, e.client_address, coalesce(o.outcome, '')
    FROM gateway.audit_entries e
    LEFT JOIN gateway.audit_outcomes o ON o.audit_id = e.id
   WHERE e.workspace_id = $1
     AND e.id < $2
   ORDER BY e.id DESC
   LIMIT $3
)sql"};

}  // namespace

absl::StatusOr<std::int64_t> PgAuditLog::Begin(const AuditEntry& entry) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::int64_t> {
    ASSIGN_OR_RETURN(const pg::Row row, tx.One(kBegin, entry.at, entry.workspace, entry.subject, entry.action, entry.resource,
                                               entry.method, entry.request_id, entry.client_address));
    return row.Int(0);
  });
}

absl::Status PgAuditLog::End(std::int64_t id, const std::string& outcome, absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) { return tx.Execute(kEnd, id, at, outcome).status(); });
}

absl::StatusOr<std::vector<AuditEntry>> PgAuditLog::List(const base::WorkspaceId& workspace, std::int64_t before, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<AuditEntry>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kList, workspace, before, limit));
    std::vector<AuditEntry> entries;
    for (const pg::Row& row : rows) {
      entries.push_back({.id = row.Int(0),
                         .at = row.Time(1),
                         .workspace = base::WorkspaceId(row.Text(2)),
                         .subject = row.Text(3),
                         .action = row.Text(4),
                         .resource = row.Text(5),
                         .method = row.Text(6),
                         .request_id = row.Text(7),
                         .client_address = row.Text(8),
                         .outcome = row.Text(9)});
    }
    return entries;
  });
}

}  // namespace millwright::gateway
