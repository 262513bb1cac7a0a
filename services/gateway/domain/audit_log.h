#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/domain/identity.h"

namespace millwright::gateway {

/// The append-only audit log. Thread-safe.
class AuditLog {
 public:
  virtual ~AuditLog() = default;
  /// Writes the intent; its id.
  virtual absl::StatusOr<std::int64_t> Begin(const AuditEntry& entry) = 0;
  virtual absl::Status End(std::int64_t id, const std::string& outcome, absl::Time at) = 0;
  /// Newest first, with ids below `before`.
  virtual absl::StatusOr<std::vector<AuditEntry>> List(const base::WorkspaceId& workspace, std::int64_t before, int limit) = 0;
};

}  // namespace millwright::gateway
