#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/base/id.h"
#include "monitor/domain/hard_guard.h"
#include "nlohmann/json.hpp"

namespace millwright::monitor {

/// How far the guard is with a release. kRollbackWanted is decided and durable, and waits for the registry.
enum class ReleaseState { kWatching, kPassed, kRollbackWanted, kRolledBack, kRollbackFailed, kSuperseded };

/// One deployment of a version into Production: what the guard gives a verdict on, once.
struct Release {
  base::WorkspaceId workspace;
  std::string model;
  std::int64_t revision = 0;
  int version = 0;
  ReleaseState state = ReleaseState::kWatching;
  GuardTally tally;
  std::int64_t recent = 0;  // requests since a rollback failed, and the bad ones of them
  std::int64_t recent_bad = 0;
  std::string reason;
  nlohmann::json evidence = nlohmann::json::object();
  absl::Time changed_at;
};

/// A deployment as the registry told it. `version` 0: nothing is in Production.
struct Deployed {
  base::WorkspaceId workspace;
  std::string model;
  std::int64_t revision = 0;
  int version = 0;
  absl::Time at;
};

/// Counts an answer for a release in any state; true when the release changed (and must be stored).
bool Count(Release& release, const Prediction& answer, const GuardOptions& options, absl::Time now);

}  // namespace millwright::monitor
