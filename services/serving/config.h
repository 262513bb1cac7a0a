#pragma once

#include <string>

#include "lib/config/config.h"
#include "lib/rpc/server.h"
#include "serving/http/http_server.h"

namespace millwright::serving {

struct Config {
  rpc::ServerConfig server;
  std::string gateway;         // peers.gateway: its own services (tokens)
  std::string model_registry;  // peers.model_registry: deployments
  std::string tracker;         // peers.tracker: bundle files
  std::string monitor;         // peers.monitor: the prediction log
  std::string cache_folder;    // cache.folder: <home>/serving-cache
  int max_bundles = 20;
  int max_bundle_megabytes = 2'048;
  int prediction_log_capacity = 100'000;
  int max_body_megabytes = 16;
  int idle_seconds = 75;
  int header_seconds = 10;
  int body_seconds = 30;
  int drain_notice_milliseconds = 0;
  HttpOptions inference;

  void Bind(config::Binder& binder);
  /// `inference` with what the keys say.
  HttpOptions Http() const;
};

}  // namespace millwright::serving
