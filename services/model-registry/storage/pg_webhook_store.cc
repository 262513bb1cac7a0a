#include "model-registry/storage/pg_webhook_store.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/pg/listener.h"
#include "model-registry/storage/delivery_row.h"
#include "model-registry/storage/model_row.h"
#include "model-registry/storage/outbox.h"

#define WEBHOOK_COLUMNS                                                                                               \
  " w.webhook_id, w.name, w.url, coalesce((SELECT m.name FROM registry.models m WHERE m.model_id = w.model_id), '')," \
  " to_jsonb(w.events), w.is_active, w.created_by, w.created_at, w.updated_at "

namespace millwright::registry {
namespace {

constexpr pg::Statement kCreate{"create_webhook", R"sql(
  INSERT INTO registry.webhooks (workspace_id, model_id, name, url, secret, events, is_active, created_by, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
  ON CONFLICT (workspace_id, name) WHERE deleted_at IS NULL DO NOTHING
  RETURNING webhook_id
)sql"};

constexpr pg::Statement kGet{"get_webhook", "SELECT" WEBHOOK_COLUMNS R"sql(
    FROM registry.webhooks w
   WHERE w.workspace_id = $1 AND w.webhook_id = $2 AND w.deleted_at IS NULL
)sql"};

constexpr pg::Statement kList{"list_webhooks", "SELECT" WEBHOOK_COLUMNS R"sql(
    FROM registry.webhooks w
   WHERE w.workspace_id = $1 AND w.name > $2 AND w.deleted_at IS NULL
   ORDER BY w.name
   LIMIT $3
)sql"};

constexpr pg::Statement kUpdate{"update_webhook", R"sql(
  UPDATE registry.webhooks
     SET url = coalesce($3, url), events = coalesce($4::text[], events), is_active = coalesce($5::boolean, is_active),
         secret = coalesce($6, secret), updated_at = $7
   WHERE workspace_id = $1 AND webhook_id = $2 AND deleted_at IS NULL
)sql"};

constexpr pg::Statement kDelete{"delete_webhook", R"sql(
  UPDATE registry.webhooks SET deleted_at = $3, updated_at = $3, secret = ''
   WHERE workspace_id = $1 AND webhook_id = $2 AND deleted_at IS NULL
)sql"};

constexpr pg::Statement kGiveUpQueued{"give_up_deliveries", R"sql(
  UPDATE registry.deliveries SET state = 'failed', ended_at = $2, last_error = 'the webhook was deleted'
   WHERE webhook_id = $1 AND state = 'queued'
)sql"};

constexpr pg::Statement kListDeliveries{"list_deliveries", "SELECT" DELIVERY_COLUMNS R"sql(
    FROM registry.deliveries d
   WHERE d.webhook_id = $1 AND d.delivery_id < $2 AND ($3::text IS NULL OR d.state = $3)
   ORDER BY d.delivery_id DESC
   LIMIT $4
)sql"};

constexpr pg::Statement kRedeliver{"redeliver", R"sql(
  WITH again AS (
    INSERT INTO registry.deliveries (webhook_id, event, payload, next_attempt_at, created_at)
    SELECT webhook_id, event, payload, $3, $3 FROM registry.deliveries WHERE webhook_id = $1 AND delivery_id = $2
    RETURNING *
  )
  SELECT)sql" DELIVERY_COLUMNS "FROM again d"};

Webhook ReadWebhook(const pg::Row& row) {
  return {.id = row.Int(0),
          .name = row.Text(1),
          .url = row.Text(2),
          .model = row.Text(3),
          .events = row.Json(4).get<std::vector<std::string>>(),
          .is_active = row.Bool(5),
          .created_by = row.Text(6),
          .created_at = row.Time(7),
          .updated_at = row.Time(8)};
}

absl::StatusOr<Webhook> Find(pg::Tx& tx, const base::WorkspaceId& workspace, std::int64_t id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGet, workspace, id));
  if (!row) return absl::NotFoundError(absl::StrCat("there is no webhook ", id));
  return ReadWebhook(*row);
}

}  // namespace

absl::StatusOr<Webhook> PgWebhookStore::Create(const base::WorkspaceId& workspace, const Webhook& webhook,
                                               const std::string& secret) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Webhook> {
    std::optional<std::int64_t> model_id;
    if (!webhook.model.empty()) {
      ASSIGN_OR_RETURN(model_id, FindModel(tx, workspace, webhook.model));
    }
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                     tx.ZeroOrOne(kCreate, workspace, model_id, webhook.name, webhook.url, box_.Seal(secret), webhook.events,
                                  webhook.is_active, webhook.created_by, webhook.created_at));
    if (!row) return absl::AlreadyExistsError(absl::StrCat("name: there is a webhook \"", webhook.name, "\" already"));
    return Find(tx, workspace, row->Int(0));
  });
}

absl::StatusOr<Webhook> PgWebhookStore::Get(const base::WorkspaceId& workspace, std::int64_t id) {
  return db_.Transact([&](pg::Tx& tx) { return Find(tx, workspace, id); });
}

absl::StatusOr<std::vector<Webhook>> PgWebhookStore::List(const base::WorkspaceId& workspace, const std::string& after,
                                                          int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Webhook>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kList, workspace, after, limit));
    std::vector<Webhook> webhooks;
    for (const pg::Row& row : rows) webhooks.push_back(ReadWebhook(row));
    return webhooks;
  });
}

absl::StatusOr<Webhook> PgWebhookStore::Update(const base::WorkspaceId& workspace, std::int64_t id, const WebhookEdit& edit,
                                               absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Webhook> {
    RETURN_IF_ERROR(Find(tx, workspace, id).status());
    const std::optional<std::string> sealed = edit.secret ? std::optional(box_.Seal(*edit.secret)) : std::nullopt;
    RETURN_IF_ERROR(tx.Execute(kUpdate, workspace, id, edit.url, edit.events, edit.is_active, sealed, at).status());
    return Find(tx, workspace, id);
  });
}

absl::Status PgWebhookStore::Delete(const base::WorkspaceId& workspace, std::int64_t id, absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(Find(tx, workspace, id).status());
    RETURN_IF_ERROR(tx.Execute(kDelete, workspace, id, at).status());
    return tx.Execute(kGiveUpQueued, id, at).status();
  });
}

absl::StatusOr<std::vector<Delivery>> PgWebhookStore::ListDeliveries(const base::WorkspaceId& workspace, std::int64_t webhook_id,
                                                                     std::optional<DeliveryState> state, std::int64_t before,
                                                                     int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Delivery>> {
    RETURN_IF_ERROR(Find(tx, workspace, webhook_id).status());
    std::optional<std::string> only;
    if (state) only = Name(*state);
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListDeliveries, webhook_id, before, only, limit));
    std::vector<Delivery> deliveries;
    for (const pg::Row& row : rows) deliveries.push_back(ReadDelivery(row));
    return deliveries;
  });
}

absl::StatusOr<Delivery> PgWebhookStore::Redeliver(const base::WorkspaceId& workspace, std::int64_t webhook_id,
                                                   std::int64_t delivery_id, absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Delivery> {
    RETURN_IF_ERROR(Find(tx, workspace, webhook_id).status());
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kRedeliver, webhook_id, delivery_id, at));
    if (!row) return absl::NotFoundError(absl::StrCat("webhook ", webhook_id, " has no delivery ", delivery_id));
    RETURN_IF_ERROR(tx.Many(pg::kNotify, kDeliveriesChannel).status());
    return ReadDelivery(*row);
  });
}

}  // namespace millwright::registry
