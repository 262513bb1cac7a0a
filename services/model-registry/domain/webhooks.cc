#include "model-registry/domain/webhooks.h"

#include "absl/strings/str_cat.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"

namespace millwright::registry {

absl::StatusOr<Webhooks::Created> Webhooks::Create(const base::WorkspaceId& workspace, Webhook webhook, std::string secret) {
  RETURN_IF_ERROR(CheckWebhookName(webhook.name));
  RETURN_IF_ERROR(CheckWebhookUrl(webhook.url, may_be_private_));
  RETURN_IF_ERROR(CheckWebhookEvents(webhook.events));
  if (secret.empty()) secret = absl::StrCat("whs_", base::RandomHex(32));
  RETURN_IF_ERROR(CheckWebhookSecret(secret));
  webhook.created_at = webhook.updated_at = clock_.Now();
  ASSIGN_OR_RETURN(webhook, store_.Create(workspace, webhook, secret));
  return Created{std::move(webhook), std::move(secret)};
}

absl::StatusOr<Webhook> Webhooks::Update(const base::WorkspaceId& workspace, std::int64_t id, const WebhookEdit& edit) {
  if (edit.url) RETURN_IF_ERROR(CheckWebhookUrl(*edit.url, may_be_private_));
  if (edit.events) RETURN_IF_ERROR(CheckWebhookEvents(*edit.events));
  if (edit.secret) RETURN_IF_ERROR(CheckWebhookSecret(*edit.secret));
  return store_.Update(workspace, id, edit, clock_.Now());
}

absl::Status Webhooks::Delete(const base::WorkspaceId& workspace, std::int64_t id) {
  return store_.Delete(workspace, id, clock_.Now());
}

absl::StatusOr<Delivery> Webhooks::Redeliver(const base::WorkspaceId& workspace, std::int64_t webhook_id,
                                             std::int64_t delivery_id) {
  return store_.Redeliver(workspace, webhook_id, delivery_id, clock_.Now());
}

}  // namespace millwright::registry
