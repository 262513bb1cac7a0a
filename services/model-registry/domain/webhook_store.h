#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "model-registry/domain/webhook.h"

namespace millwright::registry {

/// A delivery that is to be made now, with where it goes.
struct DueDelivery {
  Delivery delivery;
  std::string url;
  std::optional<std::string> secret;  // empty: sealed with another key
};

/// Webhooks of workspaces and the queue of what they are told. NotFound names the webhook or delivery.
class WebhookStore {
 public:
  virtual ~WebhookStore() = default;
  virtual absl::StatusOr<Webhook> Create(const base::WorkspaceId& workspace, const Webhook& webhook,
                                         const std::string& secret) = 0;
  virtual absl::StatusOr<Webhook> Get(const base::WorkspaceId& workspace, std::int64_t id) = 0;
  /// By name, those above `after`.
  virtual absl::StatusOr<std::vector<Webhook>> List(const base::WorkspaceId& workspace, const std::string& after, int limit) = 0;
  virtual absl::StatusOr<Webhook> Update(const base::WorkspaceId& workspace, std::int64_t id, const WebhookEdit& edit,
                                         absl::Time at) = 0;
  /// What is queued for it has failed then.
  virtual absl::Status Delete(const base::WorkspaceId& workspace, std::int64_t id, absl::Time at) = 0;
  /// Newest first, those below `before`.
  virtual absl::StatusOr<std::vector<Delivery>> ListDeliveries(const base::WorkspaceId& workspace, std::int64_t webhook_id,
                                                               std::optional<DeliveryState> state, std::int64_t before,
                                                               int limit) = 0;
  /// A new delivery of the same event.
  virtual absl::StatusOr<Delivery> Redeliver(const base::WorkspaceId& workspace, std::int64_t webhook_id,
                                             std::int64_t delivery_id, absl::Time at) = 0;

  /// Takes what is due, the oldest first and at most `of_one` for a webhook; it is due again after `lease` unless settled.
  virtual absl::StatusOr<std::vector<DueDelivery>> Claim(absl::Time now, absl::Duration lease, int limit, int of_one) = 0;
  /// What became of the attempt; changes nothing when another attempt was begun since.
  virtual absl::Status Settle(const Delivery& delivery) = 0;
  /// Drops deliveries that ended before.
  virtual absl::Status DropEnded(absl::Time before) = 0;
};

}  // namespace millwright::registry
