#pragma once

#include <string>

#include "lib/auth/secret_box.h"
#include "lib/config/config.h"
#include "lib/pg/config.h"
#include "lib/rpc/server.h"
#include "model-registry/domain/webhook.h"

namespace millwright::registry {

/// Keys of millwright-model-registry.
struct Config {
  rpc::ServerConfig server{.name = "model-registry"};
  pg::DatabaseConfig database;
  std::string tracker = "127.0.0.1:7002";  // host:port of the tracker
  std::string webhooks_key_file;           // holds 64 hex digits: the key that seals the secrets of webhooks
  bool webhooks_allow_private = false;     // whether webhooks may go to loopback, private and link-local addresses
  int webhooks_attempts = 12;              // of a delivery before it is given up: with the pauses between, about a day
  int webhooks_first_pause_seconds = 5;    // after the first failed attempt; doubles up to six hours
  int webhooks_timeout_seconds = 10;       // of one attempt
  int webhooks_keep_days = 30;             // how long ended deliveries are shown
  bool allow_reset = false;                // for tests: whether the registry may be emptied

  void Bind(config::Binder& binder);
  RetryPolicy retry() const;
  /// The box of webhooks_key_file; without one says so and ends the program.
  auth::SecretBox SecretBoxOrExit() const;
};

}  // namespace millwright::registry
