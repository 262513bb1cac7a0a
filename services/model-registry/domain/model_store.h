#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "model-registry/domain/gate.h"
#include "model-registry/domain/model.h"

namespace millwright::registry {

/// Models, versions, evaluations and gates of workspaces. NotFound names the model or version; lists hold at most `limit` rows.
class ModelStore {
 public:
  virtual ~ModelStore() = default;
  virtual absl::StatusOr<RegisteredModel> CreateModel(const base::WorkspaceId& workspace, const RegisteredModel& model) = 0;
  virtual absl::StatusOr<RegisteredModel> GetModel(const base::WorkspaceId& workspace, const std::string& name) = 0;
  /// By name, those above `after`.
  virtual absl::StatusOr<std::vector<RegisteredModel>> ListModels(const base::WorkspaceId& workspace, const std::string& after,
                                                                  int limit) = 0;
  /// The next number; the version of the same request id when there is one.
  virtual absl::StatusOr<ModelVersion> CreateVersion(const base::WorkspaceId& workspace, const std::string& name,
                                                     const NewVersion& version, const std::string& created_by, absl::Time at) = 0;
  virtual absl::StatusOr<ModelVersion> GetVersion(const base::WorkspaceId& workspace, const std::string& name, int version) = 0;
  /// Newest first, those below `before`.
  virtual absl::StatusOr<std::vector<ModelVersion>> ListVersions(const base::WorkspaceId& workspace, const std::string& name,
                                                                 int before, int limit) = 0;
  virtual absl::StatusOr<Evaluation> RecordEvaluation(const base::WorkspaceId& workspace, const Evaluation& evaluation) = 0;
  /// Newest first.
  virtual absl::StatusOr<std::vector<Evaluation>> ListEvaluations(const base::WorkspaceId& workspace, const std::string& name,
                                                                  int version, int limit) = 0;
  virtual absl::Status SetGate(const base::WorkspaceId& workspace, const std::string& name, Stage stage,
                               const std::vector<GateRule>& rules, absl::Time at) = 0;
};

}  // namespace millwright::registry
