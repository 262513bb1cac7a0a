#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/clock.h"
#include "model-registry/domain/webhook_store.h"

namespace millwright::registry {

/// One attempt to hand something over.
struct Post {
  std::string url;
  std::string body;
  std::vector<std::string> headers;  // "Name: value"
};
/// What the receiver said; `status` 0: nothing, `error` says why.
struct PostAnswer {
  int status = 0;
  std::string error;
};

/// Sends to the outside. Thread-safe; bounded in time and in what it reads.
class Poster {
 public:
  virtual ~Poster() = default;
  virtual PostAnswer Send(const Post& post) = 0;
};

/// Carries what is due to its webhooks and notes what became of it. One instance a process; several processes share the queue.
class Courier {
 public:
  Courier(WebhookStore& store, Poster& poster, const base::Clock& clock, RetryPolicy policy, absl::Duration keep)
      : store_(store), poster_(poster), clock_(clock), policy_(policy), keep_(keep) {}

  /// Works until nothing is due; returns early once `is_stopped` says so.
  absl::Status RunOnce(const std::function<bool()>& is_stopped = [] { return false; });

 private:
  PostAnswer Post(const DueDelivery& due);
  Delivery Attempt(const DueDelivery& due);

  WebhookStore& store_;
  Poster& poster_;
  const base::Clock& clock_;
  const RetryPolicy policy_;
  const absl::Duration keep_;
  absl::Time dropped_at_;
};

}  // namespace millwright::registry
