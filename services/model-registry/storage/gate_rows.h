#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "lib/pg/database.h"
#include "model-registry/domain/gate.h"

namespace millwright::registry {

/// What the gate before `stage` says of the version, from all that this transaction sees. Stages without a gate: passed.
absl::StatusOr<GateDecision> Judge(pg::Tx& tx, std::int64_t model_id, const ModelVersion& version, Stage stage);

}  // namespace millwright::registry
