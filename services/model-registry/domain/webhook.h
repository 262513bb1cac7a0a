#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace millwright::registry {

/// Who is told of which changes. The secret is never shown again.
struct Webhook {
  std::int64_t id = 0;
  std::string name;  // unique in the workspace
  std::string url;
  std::string model;                // only of this one; empty: of every model
  std::vector<std::string> events;  // empty: every one
  bool is_active = true;
  std::string created_by;
  absl::Time created_at;
  absl::Time updated_at;
};

/// What of a webhook may be changed; only what is set changes.
struct WebhookEdit {
  std::optional<std::string> url;
  std::optional<std::vector<std::string>> events;
  std::optional<bool> is_active;
  std::optional<std::string> secret;
};

enum class DeliveryState { kQueued, kDelivered, kFailed };
std::string Name(DeliveryState state);  // "queued", "delivered", "failed"
std::optional<DeliveryState> DeliveryStateOf(const std::string& name);

/// One event on its way to one webhook.
struct Delivery {
  std::int64_t id = 0;
  std::int64_t webhook_id = 0;
  std::string event;
  nlohmann::json payload;
  DeliveryState state = DeliveryState::kQueued;
  int attempts = 0;
  absl::Time next_attempt_at;  // while it is queued
  std::optional<int> last_status;
  std::string last_error;
  absl::Time created_at;
  std::optional<absl::Time> ended_at;
};

/// http or https, a host, no user or password in it, at most 2000 bytes; unless `may_be_private`, no literal private address.
/// (Names are looked at again when they are resolved.) InvalidArgument says what would be right.
absl::Status CheckWebhookUrl(const std::string& url, bool may_be_private);
absl::Status CheckWebhookName(const std::string& name);      // 1 to 63 bytes
absl::Status CheckWebhookSecret(const std::string& secret);  // 16 to 200 bytes
absl::Status CheckWebhookEvents(const std::vector<std::string>& events);

/// How often and how long a delivery is tried.
struct RetryPolicy {
  int attempts = 12;
  absl::Duration first_pause = absl::Seconds(5);
  absl::Duration longest_pause = absl::Hours(6);
};
/// The pause after the attempt of that number (from 1): doubling, between half and all of it by `share` (0 to 1).
absl::Duration PauseAfter(const RetryPolicy& policy, int attempt, double share);

/// The value of the signature's header: "t=<seconds>,v1=<hex HMAC-SHA256 of "<seconds>.<body>">".
std::string SignatureOf(const std::string& secret, absl::Time at, const std::string& body);

}  // namespace millwright::registry
