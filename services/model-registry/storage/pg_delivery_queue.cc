// The queue of PgWebhookStore: claimed in short transactions, sent outside of them.
#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/delivery_row.h"
#include "model-registry/storage/pg_webhook_store.h"

namespace millwright::registry {
namespace {

// The attempt is counted here: a process that dies has still spent it.
constexpr pg::Statement kClaim{"claim_deliveries", R"sql(
  WITH due AS (
    SELECT delivery_id
      FROM (SELECT q.delivery_id, q.next_attempt_at,
                   row_number() OVER (PARTITION BY q.webhook_id ORDER BY q.next_attempt_at, q.delivery_id) AS place
              FROM registry.deliveries q JOIN registry.webhooks w USING (webhook_id)
             WHERE q.state = 'queued' AND q.next_attempt_at <= $1 AND w.is_active AND w.deleted_at IS NULL) ranked
     WHERE place <= $4
     ORDER BY next_attempt_at, delivery_id
     LIMIT $3
  ), locked AS (
    SELECT delivery_id
      FROM registry.deliveries
     WHERE delivery_id IN (SELECT delivery_id FROM due) AND state = 'queued' AND next_attempt_at <= $1
       FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE registry.deliveries d
       SET attempts = attempts + 1, next_attempt_at = $2
     WHERE delivery_id IN (SELECT delivery_id FROM locked)
    RETURNING d.*
  )
  SELECT)sql" DELIVERY_COLUMNS R"sql(, w.url, w.secret
    FROM claimed d JOIN registry.webhooks w USING (webhook_id)
   ORDER BY d.delivery_id
)sql"};

constexpr pg::Statement kSettle{"settle_delivery", R"sql(
  UPDATE registry.deliveries
     SET state = $3, next_attempt_at = $4, last_status = coalesce($5::integer, last_status), last_error = $6, ended_at = $7
   WHERE delivery_id = $1 AND attempts = $2 AND state = 'queued'
)sql"};

constexpr pg::Statement kDropEnded{"drop_ended_deliveries", R"sql(
  DELETE FROM registry.deliveries
   WHERE delivery_id IN (SELECT delivery_id FROM registry.deliveries WHERE ended_at < $1 ORDER BY ended_at LIMIT 10000)
)sql"};

}  // namespace

Delivery ReadDelivery(const pg::Row& row) {
  const std::optional<DeliveryState> state = DeliveryStateOf(row.Text(4));
  CHECK(state.has_value());
  Delivery delivery{.id = row.Int(0),
                    .webhook_id = row.Int(1),
                    .event = row.Text(2),
                    .payload = row.Json(3),
                    .state = *state,
                    .attempts = static_cast<int>(row.Int(5)),
                    .next_attempt_at = row.Time(6),
                    .last_error = row.Text(8),
                    .created_at = row.Time(9),
                    .ended_at = row.OptionalTime(10)};
  if (!row.IsNull(7)) delivery.last_status = static_cast<int>(row.Int(7));
  return delivery;
}

absl::StatusOr<std::vector<DueDelivery>> PgWebhookStore::Claim(absl::Time now, absl::Duration lease, int limit, int of_one) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<DueDelivery>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kClaim, now, now + lease, limit, of_one));
    std::vector<DueDelivery> due;
    for (const pg::Row& row : rows)
      due.push_back({.delivery = ReadDelivery(row), .url = row.Text(11), .secret = box_.Open(row.Text(12))});
    return due;
  });
}

absl::Status PgWebhookStore::Settle(const Delivery& delivery) {
  return db_.Transact([&](pg::Tx& tx) {
    return tx
        .Execute(kSettle, delivery.id, delivery.attempts, Name(delivery.state), delivery.next_attempt_at, delivery.last_status,
                 delivery.last_error, delivery.ended_at)
        .status();
  });
}

absl::Status PgWebhookStore::DropEnded(absl::Time before) {
  return db_.Transact([&](pg::Tx& tx) { return tx.Execute(kDropEnded, before).status(); });
}

}  // namespace millwright::registry
