#pragma once

#include "absl/status/status.h"
#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "model-registry/domain/event.h"
#include "model-registry/domain/model.h"

namespace millwright::registry {

/// NOTIFY channel: a delivery is due.
inline constexpr char kDeliveriesChannel[] = "registry_deliveries";

/// Queues the event for every webhook that wants it, in the transaction of the change itself: told exactly when it happened.
absl::Status Tell(pg::Tx& tx, const base::WorkspaceId& workspace, const Event& event, const Stamp& stamp);

}  // namespace millwright::registry
