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
  int slots = 2;                           // tasks at a time, one thread each

  void Bind(config::Binder& binder);
};

}  // namespace millwright::trainer
