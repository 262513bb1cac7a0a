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

  void Bind(config::Binder& binder);
};

}  // namespace millwright::tracker
