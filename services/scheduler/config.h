#pragma once

#include <string>

#include "lib/config/config.h"
#include "lib/pg/config.h"
#include "lib/rpc/server.h"

namespace millwright::scheduler {

struct Config {
  rpc::ServerConfig server{.name = "scheduler", .address = "127.0.0.1:7004"};
  pg::DatabaseConfig database;
  int lease_seconds = 30;        // how long a task stays with a silent worker
  int history_days = 90;         // how long ended tasks are kept; runs, studies and trials stay
  std::string pipelines_folder;  // *.yaml that ship with the platform, put into the default workspace at start; empty: none

  void Bind(config::Binder& binder);
};

}  // namespace millwright::scheduler
