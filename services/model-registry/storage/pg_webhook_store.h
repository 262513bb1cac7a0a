#pragma once

#include <string>
#include <vector>

#include "lib/auth/secret_box.h"
#include "lib/pg/database.h"
#include "model-registry/domain/webhook_store.h"

namespace millwright::registry {

/// WebhookStore over the schema `registry`, where secrets stand sealed. Thread-safe.
class PgWebhookStore : public WebhookStore {
 public:
  PgWebhookStore(pg::Database& db, const auth::SecretBox& box) : db_(db), box_(box) {}

  absl::StatusOr<Webhook> Create(const base::WorkspaceId& workspace, const Webhook& webhook, const std::string& secret) override;
  absl::StatusOr<Webhook> Get(const base::WorkspaceId& workspace, std::int64_t id) override;
  absl::StatusOr<std::vector<Webhook>> List(const base::WorkspaceId& workspace, const std::string& after, int limit) override;
  absl::StatusOr<Webhook> Update(const base::WorkspaceId& workspace, std::int64_t id, const WebhookEdit& edit,
                                 absl::Time at) override;
  absl::Status Delete(const base::WorkspaceId& workspace, std::int64_t id, absl::Time at) override;
  absl::StatusOr<std::vector<Delivery>> ListDeliveries(const base::WorkspaceId& workspace, std::int64_t webhook_id,
                                                       std::optional<DeliveryState> state, std::int64_t before,
                                                       int limit) override;
  absl::StatusOr<Delivery> Redeliver(const base::WorkspaceId& workspace, std::int64_t webhook_id, std::int64_t delivery_id,
                                     absl::Time at) override;
  absl::StatusOr<std::vector<DueDelivery>> Claim(absl::Time now, absl::Duration lease, int limit, int of_one) override;
  absl::Status Settle(const Delivery& delivery) override;
  absl::Status DropEnded(absl::Time before) override;

 private:
  pg::Database& db_;
  const auth::SecretBox box_;
};

}  // namespace millwright::registry
