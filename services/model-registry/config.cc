#include "model-registry/config.h"

namespace millwright::registry {

void Config::Bind(config::Binder& binder) {
  server.Bind(binder);
  database.Bind(binder);
  binder.Text("peers.tracker", &tracker, "host:port of the tracker");
  binder.Bool("webhooks.allow_private", &webhooks_allow_private,
              "whether webhooks may go to loopback, private and link-local addresses");
  binder.Int("webhooks.attempts", &webhooks_attempts, 1, 100, "attempts of a delivery before it is given up");
  binder.Int("webhooks.first_pause_seconds", &webhooks_first_pause_seconds, 1, 3600,
             "seconds after the first failed attempt; doubles up to six hours");
  binder.Int("webhooks.timeout_seconds", &webhooks_timeout_seconds, 1, 60, "seconds that one attempt may take");
  binder.Int("webhooks.keep_days", &webhooks_keep_days, 1, 3650, "days that ended deliveries are kept");
  binder.Bool("testing.allow_reset", &allow_reset, "for tests: whether the registry may be emptied by ResetRegistry");
}

RetryPolicy Config::retry() const {
  return {.attempts = webhooks_attempts, .first_pause = absl::Seconds(webhooks_first_pause_seconds)};
}

}  // namespace millwright::registry
