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

  absl::StatusOr<RegisteredModel> CreateModel(const base::WorkspaceId& workspace, const RegisteredModel& model) override;
  absl::StatusOr<RegisteredModel> GetModel(const base::WorkspaceId& workspace, const std::string& name) override;
  absl::StatusOr<std::vector<RegisteredModel>> ListModels(const base::WorkspaceId& workspace, const std::string& after,
                                                          int limit) override;
  absl::StatusOr<ModelVersion> CreateVersion(const base::WorkspaceId& workspace, const std::string& name,
                                             const NewVersion& version, const std::string& created_by, absl::Time at) override;
  absl::StatusOr<ModelVersion> GetVersion(const base::WorkspaceId& workspace, const std::string& name, int version) override;
  absl::StatusOr<std::vector<ModelVersion>> ListVersions(const base::WorkspaceId& workspace, const std::string& name, int before,
                                                         int limit) override;
  absl::StatusOr<Evaluation> RecordEvaluation(const base::WorkspaceId& workspace, const Evaluation& evaluation) override;
  absl::StatusOr<std::vector<Evaluation>> ListEvaluations(const base::WorkspaceId& workspace, const std::string& name,
                                                          int version, int limit) override;
  absl::Status SetGate(const base::WorkspaceId& workspace, const std::string& name, Stage stage,
                       const std::vector<GateRule>& rules, absl::Time at) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::registry
