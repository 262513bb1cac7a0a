#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/base/id.h"
#include "model-registry/domain/model_store.h"
#include "model-registry/domain/release_store.h"

namespace millwright::registry {

/// What may be done with models and their releases: checks what is meant, stamps the time, stores. Thread-safe.
class Registry {
 public:
  Registry(ModelStore& models, ReleaseStore& releases, const base::Clock& clock)
      : models_(models), releases_(releases), clock_(clock) {}

  absl::StatusOr<RegisteredModel> CreateModel(const base::WorkspaceId& workspace, const std::string& name,
                                              const std::string& description);
  absl::StatusOr<ModelVersion> CreateVersion(const base::WorkspaceId& workspace, const std::string& name,
                                             const NewVersion& version, const std::string& created_by);
  absl::StatusOr<Evaluation> RecordEvaluation(const base::WorkspaceId& workspace, Evaluation evaluation);
  absl::StatusOr<std::vector<Evaluation>> ListEvaluations(const base::WorkspaceId& workspace, const std::string& name,
                                                          int version);
  absl::Status SetGate(const base::WorkspaceId& workspace, const std::string& name, Stage stage,
                       const std::vector<GateRule>& rules);
  /// FailedPrecondition with the numbers when the gate refuses; the refusal is recorded.
  absl::StatusOr<Promotion> Promote(const base::WorkspaceId& workspace, PromotionOrder order);
  absl::StatusOr<Promotion> RollBack(const base::WorkspaceId& workspace, RollbackOrder order);

  /// Reads need no rules of their own.
  ModelStore& models() { return models_; }
  ReleaseStore& releases() { return releases_; }

 private:
  ModelStore& models_;
  ReleaseStore& releases_;
  const base::Clock& clock_;
};

}  // namespace millwright::registry
