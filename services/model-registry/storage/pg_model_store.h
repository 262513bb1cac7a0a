#pragma once

#include <string>
#include <vector>

#include "lib/pg/database.h"
#include "model-registry/domain/model_store.h"

namespace millwright::registry {

/// ModelStore over the schema `registry`. Thread-safe.
class PgModelStore : public ModelStore {
 public:
  explicit PgModelStore(pg::Database& db) : db_(db) {}

  absl::StatusOr<RegisteredModel> CreateModel(const base::WorkspaceId& workspace, const RegisteredModel& model,
                                              const Stamp& stamp) override;
  absl::StatusOr<RegisteredModel> GetModel(const base::WorkspaceId& workspace, const std::string& name) override;
  absl::StatusOr<std::vector<RegisteredModel>> ListModels(const base::WorkspaceId& workspace, const std::string& after,
                                                          int limit) override;
  absl::StatusOr<RegisteredModel> UpdateModel(const base::WorkspaceId& workspace, const std::string& name,
                                              const std::string& description, const Stamp& stamp) override;
  absl::Status SetTag(const base::WorkspaceId& workspace, const std::string& name, const std::string& key,
                      const std::string& value, const Stamp& stamp) override;
  absl::Status DeleteTag(const base::WorkspaceId& workspace, const std::string& name, const std::string& key,
                         const Stamp& stamp) override;
  absl::Status SetAlias(const base::WorkspaceId& workspace, const std::string& name, const std::string& alias, int version,
                        const Stamp& stamp) override;
  absl::Status DeleteAlias(const base::WorkspaceId& workspace, const std::string& name, const std::string& alias,
                           const Stamp& stamp) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::registry
