#pragma once

#include <string>

#include "lib/base/id.h"

namespace millwright::auth {

/// As api.v1.Role; each includes the ones before it, except kWorker, which stands apart.
enum class Role { kNone = 0, kViewer = 1, kEngineer = 2, kAdmin = 3, kWorker = 10 };

/// Who is calling, as the assertion says it: verified before any handler code.
struct Caller {
  std::string subject;          // a user name, "worker:<token name>" or "service:<name>"
  Role role = Role::kNone;      // kNone for a service
  base::WorkspaceId workspace;  // what the call acts in; empty for a service that acts in many
  bool is_service = false;
  std::string request_id;
};

}  // namespace millwright::auth
