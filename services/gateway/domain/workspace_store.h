#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/domain/identity.h"

namespace millwright::gateway {

/// Workspaces, and who has a role in them. Thread-safe.
class WorkspaceStore {
 public:
  virtual ~WorkspaceStore() = default;

  /// The user's role in the workspace of that name; NotFound when they have none there.
  virtual absl::StatusOr<std::pair<base::WorkspaceId, auth::Role>> FindMembership(const std::string& user_name,
                                                                                  const std::string& workspace) = 0;
  virtual absl::StatusOr<Workspace> CreateWorkspace(const std::string& name, const std::string& user_name, absl::Time now) = 0;
  virtual absl::StatusOr<std::vector<Workspace>> ListWorkspaces(const std::string& user_name) = 0;
  virtual absl::StatusOr<Workspace> GetWorkspace(const base::WorkspaceId& id) = 0;
};

}  // namespace millwright::gateway
