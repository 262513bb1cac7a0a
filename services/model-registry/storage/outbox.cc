#include "model-registry/storage/outbox.h"

#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/pg/listener.h"

namespace millwright::registry {
namespace {

constexpr pg::Statement kQueueDeliveries{"queue_deliveries", R"sql(
  INSERT INTO registry.deliveries (webhook_id, event, payload, next_attempt_at, created_at)
  SELECT webhook_id, $3::text, $4::jsonb, $5::timestamptz, $5::timestamptz
    FROM registry.webhooks
   WHERE workspace_id = $1
     AND deleted_at IS NULL
     AND is_active
     AND (model_id IS NULL OR model_id = $2)
     AND (events = '{}' OR $3::text = ANY (events))
)sql"};

}  // namespace

absl::Status Tell(pg::Tx& tx, const base::WorkspaceId& workspace, const Event& event, const Stamp& stamp) {
  nlohmann::json payload{{"event", event.kind},  {"at", absl::FormatTime(absl::RFC3339_full, stamp.at, absl::UTCTimeZone())},
                         {"actor", stamp.actor}, {"workspace_id", workspace.value()},
                         {"model", event.model}, {"data", event.data}};
  if (event.version != 0) payload["version"] = event.version;
  ASSIGN_OR_RETURN(const std::int64_t queued,
                   tx.Execute(kQueueDeliveries, workspace, event.model_id, event.kind, payload, stamp.at));
  if (queued == 0) return absl::OkStatus();
  return tx.Many(pg::kNotify, kDeliveriesChannel).status();
}

}  // namespace millwright::registry
