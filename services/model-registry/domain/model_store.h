#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "model-registry/domain/model.h"

namespace millwright::registry {

/// Registered models of workspaces with their tags and aliases. NotFound names the model or version; lists hold at most `limit`
/// rows; every change tells the subscribers of its event.
class ModelStore {
 public:
  virtual ~ModelStore() = default;
  virtual absl::StatusOr<RegisteredModel> CreateModel(const base::WorkspaceId& workspace, const RegisteredModel& model,
                                                      const Stamp& stamp) = 0;
  virtual absl::StatusOr<RegisteredModel> GetModel(const base::WorkspaceId& workspace, const std::string& name) = 0;
  /// By name, those above `after`.
  virtual absl::StatusOr<std::vector<RegisteredModel>> ListModels(const base::WorkspaceId& workspace, const std::string& after,
                                                                  int limit) = 0;
  virtual absl::StatusOr<RegisteredModel> UpdateModel(const base::WorkspaceId& workspace, const std::string& name,
                                                      const std::string& description, const Stamp& stamp) = 0;
  /// An empty tag value is a value. Deleting what is not there changes nothing.
  virtual absl::Status SetTag(const base::WorkspaceId& workspace, const std::string& name, const std::string& key,
                              const std::string& value, const Stamp& stamp) = 0;
  virtual absl::Status DeleteTag(const base::WorkspaceId& workspace, const std::string& name, const std::string& key,
                                 const Stamp& stamp) = 0;
  virtual absl::Status SetAlias(const base::WorkspaceId& workspace, const std::string& name, const std::string& alias,
                                int version, const Stamp& stamp) = 0;
  virtual absl::Status DeleteAlias(const base::WorkspaceId& workspace, const std::string& name, const std::string& alias,
                                   const Stamp& stamp) = 0;
};

}  // namespace millwright::registry
