#pragma once

#include <string>

#include "lib/config/config.h"
#include "lib/pg/config.h"
#include "lib/rpc/server.h"

namespace millwright::tracker {

/// What millwright-tracker is configured with.
struct Config {
  rpc::ServerConfig server{.name = "tracker"};
  pg::DatabaseConfig database;
  std::string blobs_folder;            // blobs.folder: where artifacts' bytes are
  int blobs_max_megabytes = 20 << 10;  // blobs.max_megabytes: of one blob
  int blobs_reserve_megabytes = 64;    // blobs.reserve_megabytes: left free on their disk
  int blobs_grace_seconds = 86400;     // blobs.grace_seconds: how long a blob stays that nothing points at
  int blobs_collect_seconds = 600;     // blobs.collect_seconds: how often such blobs are looked for
  bool allow_reset = false;            // testing.allow_reset: whether the tracker may be emptied
  std::string testing_folder;          // testing.folder: where MLflow's relative artifact locations begin

  void Bind(config::Binder& binder);
};

}  // namespace millwright::tracker
