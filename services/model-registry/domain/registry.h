#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/base/id.h"
#include "model-registry/domain/gate_store.h"
#include "model-registry/domain/model_store.h"
#include "model-registry/domain/release_store.h"
#include "model-registry/domain/tracker.h"
#include "model-registry/domain/version_store.h"

namespace millwright::registry {

/// Where the registry's facts are.
struct Stores {
  ModelStore& models;
  VersionStore& versions;
  GateStore& gates;
  ReleaseStore& releases;
};

/// What may be done with models and their releases: checks what is meant, stamps actor and time, stores. Thread-safe.
class Registry {
 public:
  Registry(Stores stores, Tracker& tracker, const base::Clock& clock) : stores_(stores), tracker_(tracker), clock_(clock) {}

  absl::StatusOr<RegisteredModel> CreateModel(const base::WorkspaceId& workspace, const RegisteredModel& model,
                                              const std::string& actor);
  absl::StatusOr<RegisteredModel> UpdateModel(const base::WorkspaceId& workspace, const std::string& name,
                                              const std::string& description, const std::string& actor);
  absl::StatusOr<RegisteredModel> RenameModel(const base::WorkspaceId& workspace, const std::string& name,
                                              const std::string& new_name, const std::string& actor);
  absl::Status DeleteModel(const base::WorkspaceId& workspace, const std::string& name, bool may_be_in_production,
                           const std::string& actor);
  absl::Status SetModelTag(const base::WorkspaceId& workspace, const std::string& name, const std::string& key,
                           const std::string& value, const std::string& actor);
  absl::Status DeleteModelTag(const base::WorkspaceId& workspace, const std::string& name, const std::string& key,
                              const std::string& actor);
  absl::Status SetAlias(const base::WorkspaceId& workspace, const std::string& name, const std::string& alias, int version,
                        const std::string& actor);
  absl::Status DeleteAlias(const base::WorkspaceId& workspace, const std::string& name, const std::string& alias,
                           const std::string& actor);

  /// The blobs it names are pinned first: NotFound when the workspace does not hold them. A source in the tracker's store brings
  /// the files that are there.
  absl::StatusOr<ModelVersion> CreateVersion(const base::WorkspaceId& workspace, const std::string& name, NewVersion version,
                                             const std::string& actor);
  absl::StatusOr<ModelVersion> UpdateVersion(const base::WorkspaceId& workspace, const std::string& name, int version,
                                             const VersionEdit& edit, const std::string& actor);
  absl::Status DeleteVersion(const base::WorkspaceId& workspace, const std::string& name, int version, bool may_be_in_production,
                             const std::string& actor);
  absl::Status SetVersionTag(const base::WorkspaceId& workspace, const std::string& name, int version, const std::string& key,
                             const std::string& value, const std::string& actor);
  absl::Status DeleteVersionTag(const base::WorkspaceId& workspace, const std::string& name, int version, const std::string& key,
                                const std::string& actor);
  absl::StatusOr<Evaluation> RecordEvaluation(const base::WorkspaceId& workspace, const Evaluation& evaluation,
                                              const std::string& actor);
  absl::StatusOr<std::vector<Evaluation>> ListEvaluations(const base::WorkspaceId& workspace, const std::string& name,
                                                          int version);

  absl::StatusOr<Gate> SetGate(const base::WorkspaceId& workspace, const std::string& name, const Gate& gate, bool with_people,
                               Rank rank, const std::string& actor);
  absl::StatusOr<Approval> RecordApproval(const base::WorkspaceId& workspace, Approval approval);
  absl::StatusOr<Check> RecordCheck(const base::WorkspaceId& workspace, Check check);
  /// FailedPrecondition with the numbers when the gate refuses; the refusal is recorded.
  absl::StatusOr<Promotion> Promote(const base::WorkspaceId& workspace, PromotionOrder order);
  absl::StatusOr<Promotion> RollBack(const base::WorkspaceId& workspace, RollbackOrder order);

  /// Reads need no rules of their own.
  ModelStore& models() { return stores_.models; }
  VersionStore& versions() { return stores_.versions; }
  GateStore& gates() { return stores_.gates; }
  ReleaseStore& releases() { return stores_.releases; }
  Tracker& tracker() { return tracker_; }

 private:
  absl::Time Now() const;
  Stamp By(const std::string& actor) const { return {actor, Now()}; }
  absl::Status PinFiles(const base::WorkspaceId& workspace, NewVersion& version);

  Stores stores_;
  Tracker& tracker_;
  const base::Clock& clock_;
};

}  // namespace millwright::registry
