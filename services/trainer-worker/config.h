#pragma once

#include <string>

#include "lib/config/config.h"
#include "lib/rpc/server.h"

namespace millwright::trainer {

struct Config {
  rpc::ServerConfig server{.name = "trainer-worker"};
  std::string gateway = "127.0.0.1:7000";  // the gRPC door
  std::string token_file;                  // one line: a worker token
  std::string name;                        // shown in steps and messages; host and pid when empty
  std::string folder = "/tmp";             // scratch space; a subfolder a task, removed with it
  bool commands_allowed = false;           // runs tasks of the kind `command`: people's own programs, as this worker's user
  std::string command_tracking_uri = "http://127.0.0.1:5000";
  std::string command_token_file;  // the token that those programs get; needed where they run
  int command_max_seconds = 24 * 3600;
  int command_max_memory_mb = 4096;
  int slots = 2;  // tasks at a time, one thread each

  void Bind(config::Binder& binder);
};

}  // namespace millwright::trainer
