#pragma once

#include "lib/config/config.h"
#include "lib/pg/config.h"
#include "lib/rpc/server.h"

namespace millwright::telemetry {

/// What millwright-telemetry is configured with.
struct Config {
  rpc::ServerConfig server{.name = "telemetry"};
  pg::DatabaseConfig database;

  void Bind(config::Binder& binder);
};

}  // namespace millwright::telemetry
