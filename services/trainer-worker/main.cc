#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/base/files.h"
#include "lib/base/random.h"
#include "lib/rpc/server.h"
#include "trainer-worker/config.h"
#include "trainer-worker/platform.h"
#include "trainer-worker/slot.h"

namespace {

std::string ReadTokenOrExit(const char* key, const std::string& path) {
  const absl::StatusOr<std::string> token = millwright::base::ReadFile(path, 4096);
  if (!token.ok()) {
    std::fprintf(stderr, "%s: %s\n", key, std::string(token.status().message()).c_str());
    std::exit(2);
  }
  return std::string(absl::StripAsciiWhitespace(*token));
}

std::string HostAndPid() {
  char host[256] = "worker";
  gethostname(host, sizeof host - 1);
  return absl::StrCat(host, "-", getpid());
}

}  // namespace

int main(int argc, char** argv) {
  using namespace millwright;
  trainer::Config config = config::LoadOrExit<trainer::Config>(argc, argv);
  if (config.name.empty()) config.name = HostAndPid();
  // A worker answers health checks only, so no caller ever shows it an assertion: the key is its own.
  rpc::BlockStopSignals();
  const auth::Signer signer = auth::Signer::Create(base::RandomHex(32), config.server.name).value();
  const std::string token = ReadTokenOrExit("worker.token_file", config.token_file);
  trainer::Platform platform(config.gateway, token);
  const trainer::CommandPolicy commands{
      .is_allowed = config.commands_allowed,
      .tracking_uri = config.command_tracking_uri,
      .token = config.commands_allowed ? ReadTokenOrExit("command.token_file", config.command_token_file) : "",
      .max_seconds = config.command_max_seconds,
      .max_memory_mb = config.command_max_memory_mb};
  const std::filesystem::path folder = std::filesystem::path(config.folder) / "tasks";
  trainer::RemoveLeftovers(folder);
  std::vector<std::unique_ptr<trainer::Slot>> slots;
  for (int i = 0; i < config.slots; ++i) {
    slots.push_back(std::make_unique<trainer::Slot>(platform, absl::StrCat(config.name, "/", i), folder, commands));
  }
  const rpc::Companion companion{.start =
                                     [&slots] {
                                       for (auto& slot : slots) slot->Start();
                                     },
                                 .stop =
                                     [&slots] {
                                       for (auto& slot : slots) slot->Stop();
                                     }};
  return rpc::RunServer(config.server, signer, {}, {companion});
}
