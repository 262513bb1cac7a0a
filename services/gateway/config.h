#pragma once

#include <string>
#include <vector>

#include "lib/config/config.h"
#include "lib/pg/config.h"
#include "lib/rpc/server.h"

namespace millwright::gateway {

/// What the gateway is configured with. `server.address` is the port of its own services (identity).
struct Config {
  rpc::ServerConfig server{.name = "gateway", .address = "127.0.0.1:7008"};
  pg::DatabaseConfig database;

  struct Doors {
    std::string http_address = "127.0.0.1:5000";
    std::string grpc_address = "127.0.0.1:7000";
    std::vector<std::string> allowed_hosts;  // Host headers that the HTTP door serves besides localhost
    int http_threads = 128;
    int max_body_bytes = 16 << 20;
    int call_timeout_seconds = 60;
    bool secure_cookie = false;
  } doors;

  struct Peers {
    std::string telemetry = "127.0.0.1:7001";
    std::string tracker = "127.0.0.1:7002";
    std::string model_registry = "127.0.0.1:7003";
    std::string scheduler = "127.0.0.1:7004";
    std::string monitor = "127.0.0.1:7005";
    std::string serving = "127.0.0.1:7006";
    std::string system;  // unix:/path of the supervisor; empty: none
  } peers;

  std::string web_folder;

  // Files of the platform's secrets; an empty key skips that token.
  struct Bootstrap {
    std::string cli_token_file;
    std::string worker_token_file;
    std::string command_token_file;
    std::string inference_token_file;
    std::string sign_in_code_file;  // written when the admin has never signed in
  } bootstrap;

  void Bind(config::Binder& binder);
};

}  // namespace millwright::gateway
