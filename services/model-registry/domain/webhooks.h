#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/base/id.h"
#include "model-registry/domain/webhook_store.h"

namespace millwright::registry {

/// What may be done with webhooks: checks what is meant, stamps the time, stores. Thread-safe.
class Webhooks {
 public:
  Webhooks(WebhookStore& store, const base::Clock& clock, bool may_be_private)
      : store_(store), clock_(clock), may_be_private_(may_be_private) {}

  struct Created {
    Webhook webhook;
    std::string secret;
  };
  /// With a secret made up here when `secret` is empty.
  absl::StatusOr<Created> Create(const base::WorkspaceId& workspace, Webhook webhook, std::string secret);
  absl::StatusOr<Webhook> Update(const base::WorkspaceId& workspace, std::int64_t id, const WebhookEdit& edit);
  absl::Status Delete(const base::WorkspaceId& workspace, std::int64_t id);
  absl::StatusOr<Delivery> Redeliver(const base::WorkspaceId& workspace, std::int64_t webhook_id, std::int64_t delivery_id);

  WebhookStore& store() { return store_; }

 private:
  WebhookStore& store_;
  const base::Clock& clock_;
  const bool may_be_private_;
};

}  // namespace millwright::registry
