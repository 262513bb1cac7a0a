#pragma once

#include "gateway/domain/audit_log.h"
#include "lib/pg/database.h"

namespace millwright::gateway {

/// The audit log in PostgreSQL; triggers there refuse to change or delete what is written.
class PgAuditLog final : public AuditLog {
 public:
  explicit PgAuditLog(pg::Database& db) : db_(db) {}
  absl::StatusOr<std::int64_t> Begin(const AuditEntry& entry) override;
  absl::Status End(std::int64_t id, const std::string& outcome, absl::Time at) override;
  absl::StatusOr<std::vector<AuditEntry>> List(const base::WorkspaceId& workspace, std::int64_t before, int limit) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::gateway
