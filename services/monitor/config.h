#pragma once

#include <string>

#include "lib/config/config.h"
#include "lib/pg/config.h"
#include "lib/rpc/server.h"
#include "monitor/domain/release_guard.h"

namespace millwright::monitor {

/// Keys of millwright-monitor.
struct Config {
  rpc::ServerConfig server{.name = "monitor"};
  pg::DatabaseConfig database;
  std::string model_registry = "127.0.0.1:7003";  // host:port of the registry
  int retention_days = 30;                        // how long predictions and labels are kept
  int guard_requests = 200;                       // of a new release that the guard looks at
  int guard_seconds = 600;                        // from the first of them
  int guard_min_bad = 3;                          // bad answers that a rollback needs at least
  double guard_bad_share = 0.2;                   // and their share of the answers so far
  int guard_retry_seconds = 60;                   // after a rollback with nothing to return to

  void Bind(config::Binder& binder);
  ReleaseGuardOptions guard() const;
};

}  // namespace millwright::monitor
