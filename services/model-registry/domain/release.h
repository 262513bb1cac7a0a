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

enum class PromotionKind { kPromoted, kRefused, kRolledBack };

/// One entry of the append-only history.
struct Promotion {
  std::int64_t id = 0;  // grows in the order of the history; 0: of no entry, when nothing had to change and nothing ever had
  std::string name;
  PromotionKind kind = PromotionKind::kPromoted;
  int version = 0;  // that moved, or was refused; of a rollback: that returns
  Stage from_stage = Stage::kNone;
  Stage to_stage = Stage::kNone;
  int replaced_version = 0;  // that left Production by this; 0: none
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
  std::string request_id;  // may be empty
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

/// One entry of the history that put a version into Production.
struct ProductionEntry {
  PromotionKind kind = PromotionKind::kPromoted;
  int version = 0;
};

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
