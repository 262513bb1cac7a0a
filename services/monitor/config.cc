#include "monitor/config.h"

namespace millwright::monitor {

void Config::Bind(config::Binder& binder) {
  server.Bind(binder);
  database.Bind(binder);
  binder.Text("peers.model_registry", &model_registry, "host:port of the model registry");
  binder.Int("retention.days", &retention_days, 1, 3650, "days that predictions and labels are kept");
  binder.Int("guard.requests", &guard_requests, 1, 1000000, "first requests of a new release that the guard looks at");
  binder.Int("guard.seconds", &guard_seconds, 1, 86400, "seconds from the first of them that it looks for");
  binder.Int("guard.min_bad", &guard_min_bad, 1, 1000000, "failed or not finite answers that a rollback needs at least");
  binder.Double("guard.bad_share", &guard_bad_share, 0, 1, "and their share of the answers so far");
  binder.Int("guard.retry_seconds", &guard_retry_seconds, 1, 86400,
             "seconds between tries while there is no version to return to");
}

ReleaseGuardOptions Config::guard() const {
  return {.guard = {.requests = guard_requests,
                    .window = absl::Seconds(guard_seconds),
                    .min_bad = guard_min_bad,
                    .bad_share = guard_bad_share},
          .retry = absl::Seconds(guard_retry_seconds)};
}

}  // namespace millwright::monitor
