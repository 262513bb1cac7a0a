#include "model-registry/config.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "lib/base/files.h"

namespace millwright::registry {

void Config::Bind(config::Binder& binder) {
  server.Bind(binder);
  database.Bind(binder);
  binder.Text("peers.tracker", &tracker, "host:port of the tracker");
  binder.Text("webhooks.key_file", &webhooks_key_file, "64 hex digits: the key that seals the secrets of webhooks");
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

auth::SecretBox Config::SecretBoxOrExit() const {
  const absl::StatusOr<std::string> key = base::ReadFile(webhooks_key_file, 1024);
  const absl::StatusOr<auth::SecretBox> box =
      key.ok() ? auth::SecretBox::Create(absl::StripAsciiWhitespace(*key)) : absl::StatusOr<auth::SecretBox>(key.status());
  if (!box.ok()) {
    std::fprintf(stderr, "webhooks.key_file: %s\n", std::string(box.status().message()).c_str());
    std::exit(2);
  }
  return *box;
}

}  // namespace millwright::registry
