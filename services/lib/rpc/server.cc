#include "lib/rpc/server.h"

#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/health_check_service_interface.h>
#include <malloc.h>
#include <signal.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "lib/base/check.h"
#include "lib/base/files.h"
#include "lib/rpc/call_registry.h"
#include "lib/rpc/log.h"
#include "lib/rpc/metrics.h"

namespace millwright::rpc {
namespace {

constexpr int kStreamWindow = 4 << 20;  // bytes on their way in one stream
constexpr int kFrame = 512 << 10;       // so that a piece of a file is one
constexpr int kMaxPollers = 16;         // of each queue; a thread beyond ends after its call, and the next call makes one

std::atomic<bool> draining{false};

// Abseil's and the C library's settings for all of the process.
void TuneProcess() {
  // Debian's Abseil looks for deadlocks with every lock, all threads under one lock of its own.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // A large answer's memory is kept for the next instead of being given back and asked for again; AwaitSignal gives it back.
  mallopt(M_ARENA_MAX, 4);
  mallopt(M_TOP_PAD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 16 << 20);
  mallopt(M_MMAP_THRESHOLD, 16 << 20);
}

// Signals are blocked in every thread and taken here, so that no handler runs at an awkward moment.
sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// Now and then what was freed goes back to the system, so that a server that has rested is small.
int AwaitSignal(const sigset_t& signals) {
  constexpr timespec kBetween{.tv_sec = 20, .tv_nsec = 0};
  for (;;) {
    const int signal_number = sigtimedwait(&signals, nullptr, &kBetween);
    if (signal_number > 0) return signal_number;
    if (errno == EAGAIN) malloc_trim(0);
  }
}

int Fail(const std::string& message) {
  LogError(message);
  return 1;
}

}  // namespace

void ServerConfig::Bind(config::Binder& binder) {
  binder.Text("server.address", &address, "host:port of the gRPC port");
  binder.Text("server.metrics_address", &metrics_address, "host:port of /metrics; empty: none");
  binder.Text("server.assertion_key_file", &assertion_key_file, "file with the platform's key, 64 hex digits");
  binder.Int("server.max_message_bytes", &max_message_bytes, 1 << 16, 1 << 30, "largest gRPC message");
  binder.Int("server.drain_seconds", &drain_seconds, 0, 600, "how long running calls may take after SIGTERM");
  binder.Text("server.log_level", &log_level, "debug, info, warn or err");
}

void BlockStopSignals() {
  signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = StopSignals();
  CHECK(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0);
}

bool IsDraining() { return draining.load(); }

auth::Signer LoadSignerOrExit(const ServerConfig& config) {
  StartLogging(config.name, config.log_level);
  BlockStopSignals();
  TuneProcess();
  const absl::StatusOr<std::string> key = base::ReadFile(config.assertion_key_file, 1024);
  const absl::StatusOr<auth::Signer> signer =
      key.ok() ? auth::Signer::Create(std::string(absl::StripAsciiWhitespace(*key)), config.name)
               : absl::StatusOr<auth::Signer>(key.status());
  if (!signer.ok()) {
    std::fprintf(stderr, "server.assertion_key_file: %s\n", std::string(signer.status().message()).c_str());
    std::exit(2);
  }
  return *signer;
}

int RunServer(const ServerConfig& config, const auth::Signer& signer, const std::vector<grpc::Service*>& services,
              const std::vector<Companion>& companions) {
  StartLogging(config.name, config.log_level);
  BlockStopSignals();
  const sigset_t signals = StopSignals();

  const auto metrics = MetricsServer::Start(config.metrics_address);
  if (!metrics.ok()) return Fail(std::string(metrics.status().message()));

  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(config.address, grpc::InsecureServerCredentials(), &port);
  builder.SetMaxReceiveMessageSize(config.max_message_bytes);
  builder.SetMaxSendMessageSize(config.max_message_bytes);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);
  // A stream that comes faster than it is read waits with its sender: without a fixed window it would grow to tens of megabytes.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kStreamWindow);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, kFrame);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, kMaxPollers);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(RememberCalls(signer));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  for (grpc::Service* service : services) builder.RegisterService(service);
  // A server needs something to poll besides its health; this answers Unimplemented to all else.
  grpc::CallbackGenericService nothing;
  if (services.empty()) builder.RegisterCallbackGenericService(&nothing);

  for (const Companion& companion : companions) companion.start();
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    for (const Companion& companion : companions) companion.stop();
    return Fail(absl::StrCat("cannot listen on ", config.address,
                             " (server.address): the address is taken or not ours; stop what uses it or choose another"));
  }
  LogInfo("ready", {{"address", config.address}, {"version", MILLWRIGHT_VERSION}});

  LogInfo("draining", {{"signal", AwaitSignal(signals)}});
  draining = true;
  if (auto* health = server->GetHealthCheckService(); health != nullptr) health->SetServingStatus(false);
  for (const Companion& companion : companions) companion.stop();
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(config.drain_seconds));
  LogInfo("stopped");
  return 0;
}

}  // namespace millwright::rpc
