#pragma once

#include "lib/pg/row.h"
#include "model-registry/domain/webhook.h"

// The columns that ReadDelivery reads, of `registry.deliveries d`.
#define DELIVERY_COLUMNS                                                                                                   \
  " d.delivery_id, d.webhook_id, d.event, d.payload, d.state, d.attempts, d.next_attempt_at, d.last_status, d.last_error," \
  " d.created_at, d.ended_at "

namespace millwright::registry {

Delivery ReadDelivery(const pg::Row& row);

}  // namespace millwright::registry
