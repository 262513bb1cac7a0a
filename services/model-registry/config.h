#pragma once

#include "lib/config/config.h"
#include "lib/pg/config.h"
#include "lib/rpc/server.h"

namespace millwright::registry {

/// Keys of millwright-model-registry: `server.…` and `database.…`.
struct Config {
  rpc::ServerConfig server{.name = "model-registry"};
  pg::DatabaseConfig database;

  void Bind(config::Binder& binder) {
    server.Bind(binder);
    database.Bind(binder);
  }
};

}  // namespace millwright::registry
