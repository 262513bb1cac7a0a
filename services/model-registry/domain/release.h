#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "model-registry/domain/gate.h"
#include "model-registry/domain/model.h"
#include "nlohmann/json.hpp"

namespace millwright::registry {

enum class PromotionKind { kPromoted, kRefused, kRolledBack, kDeleted };

/// One entry of the append-only history.
struct Promotion {
  std::int64_t id = 0;  // grows in the order of the history; 0: of no entry, when nothing had to change and nothing ever had
  std::string name;
  PromotionKind kind = PromotionKind::kPromoted;
  int version = 0;  // that moved, or was refused; of a rollback: that returns
  Stage from_stage = Stage::kNone;
  Stage to_stage = Stage::kNone;
  int replaced_version = 0;  // that left Production by this, or gave way as the deployment's primary; 0: none
  int primary_version = 0;   // of the deployment after this, when it changed; 0: nothing serves
  std::string actor;
  std::string reason;
  GateDecision decision;
  nlohmann::json evidence = nlohmann::json::object();
  absl::Time at;
  std::int64_t revision = 0;  // of the deployment, when it changed
};

struct PromotionOrder {
  std::string name;
  int version = 0;
  Stage stage = Stage::kNone;
  std::string reason;
  std::string request_id;                         // may be empty
  std::optional<bool> archive_existing_versions;  // of the stage; when not set: yes for Production only
  std::string actor;
  absl::Time at;
};

struct RollbackOrder {
  std::string name;
  std::string reason;
  int expected_version = 0;  // 0: whichever is in Production
  nlohmann::json evidence = nlohmann::json::object();
  std::string actor;
  absl::Time at;
};

/// One entry of the history that made a version the deployment's primary.
struct ProductionEntry {
  bool is_return = false;  // a rollback, or what was left in Production when the primary left it
  int version = 0;
};

/// A version in Production, and what put it there.
struct InProduction {
  int version = 0;
  std::int64_t moved_by = 0;  // id of the promotion
  bool is_servable = false;
};

/// Which of the versions in Production answers: of those that can be served the one moved there last. 0 when there is none.
int PrimaryOf(const std::vector<InProduction>& versions);

/// The version that was in Production before `current`, after walking back past versions that were rolled back, so that a
/// second rollback goes one further back. `history` is oldest first. Empty when there is none.
std::optional<int> PreviousProduction(const std::vector<ProductionEntry>& history, int current);

/// The part of a deployment's traffic that one version gets.
struct Arm {
  int version = 0;
  int weight = 100;              // parts of 100
  std::string role = "primary";  // primary, canary or shadow
  std::string content_hash;
  std::vector<BundleFile> files;
};

/// What serving follows: the versions that answer for a model.
struct Deployment {
  std::string workspace;
  std::string name;
  std::int64_t revision = 0;
  std::vector<Arm> arms;  // none: nothing is in Production
  absl::Time updated_at;
};

}  // namespace millwright::registry
