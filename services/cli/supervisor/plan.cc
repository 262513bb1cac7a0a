#include "cli/supervisor/plan.h"

#include <arpa/inet.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/notification.h"
#include "cli/supervisor/postgres.h"
#include "lib/base/status_macros.h"

namespace millwright::cli {
namespace {

constexpr int kMetricsDistance = 100;  // a service's /metrics port is its gRPC port plus this

std::string Local(int port) { return absl::StrCat("127.0.0.1:", port); }

// The services that hold gRPC ports of their own, by their key under `peers.`.
struct Peer {
  const char* key;
  int port;
};
constexpr Peer kPeers[] = {{"telemetry", 7001}, {"tracker", 7002}, {"model_registry", 7003}, {"scheduler", 7004},
                           {"monitor", 7005},   {"serving", 7006}, {"gateway", 7008}};

// One row for each service: what it gets besides the flags all have.
struct Row {
  const char* name;
  int port;
  bool has_database;
  std::vector<const char*> peers;
  std::vector<std::string> flags;
  std::vector<Port> doors;
  int stop_wave;
};

std::vector<Row> Rows(const Settings& settings) {
  const Home& home = settings.home;
  const int shift = settings.port_offset;
  const std::string http = Local(kGatewayHttpPort + shift);
  const std::string door = Local(kGatewayDoorPort + shift);
  const std::string inference = Local(kInferencePort + shift);
  const std::string reset = absl::StrCat("--testing.allow_reset=", settings.allow_reset ? "true" : "false");
  std::vector<std::string> tracker = {"--blobs.folder=" + home.Path("blobs"), reset};
  if (settings.allow_reset) tracker.push_back("--testing.folder=" + settings.folder);  // as MLflow's own tests want it
  return {
      {"gateway",
       7008,
       true,
       {"telemetry", "tracker", "model_registry", "scheduler", "monitor", "serving"},
       {"--doors.http_address=" + http, "--doors.grpc_address=" + door, "--peers.system=unix:" + home.SupervisorSocket(),
        "--web.folder=" + settings.share + "/web", "--bootstrap.cli_token_file=" + home.Secret("cli.token"),
        "--bootstrap.worker_token_file=" + home.Secret("worker.token"),
        "--bootstrap.command_token_file=" + home.Secret("command.token"),
        "--bootstrap.inference_token_file=" + home.Secret("inference.token"),
        "--bootstrap.sign_in_code_file=" + home.Secret("sign-in.code")},
       {{kGatewayHttpPort + shift, "doors.http_address of the gateway"},
        {kGatewayDoorPort + shift, "doors.grpc_address of the gateway"}},
       1},
      {"tracker", 7002, true, {}, tracker, {}, 1},
      {"telemetry", 7001, true, {}, {}, {}, 1},
      {"model-registry", 7003, true, {"tracker"}, {"--webhooks.key_file=" + home.Secret("webhook.key"), reset}, {}, 1},
      {"scheduler", 7004, true, {}, {"--pipelines.folder=" + settings.share + "/pipelines"}, {}, 1},
      {"monitor", 7005, true, {"model_registry"}, {}, {}, 1},
      {"serving",
       7006,
       false,
       {"model_registry", "tracker", "monitor", "gateway"},
       {"--inference.address=" + inference, "--cache.folder=" + home.Path("serving-cache")},
       {{kInferencePort + shift, "inference.address of serving"}},
       1},
  };
}

ServiceSpec Service(const Settings& settings, const std::string& name, const std::string& program, int port,
                    const std::string& version) {
  ServiceSpec spec{.name = name};
  spec.address = Local(port);
  spec.version = version;
  spec.program.path = absl::StrCat(settings.programs, "/millwright-", program);
  spec.program.log = settings.home.Log(name);
  spec.program.environment = {SupervisedMark(settings.home.root(), name)};
  spec.program.arguments = {absl::StrCat("--server.address=", Local(port)),
                            absl::StrCat("--server.metrics_address=", Local(port + kMetricsDistance)),
                            absl::StrCat("--server.assertion_key_file=", settings.home.Secret("assertion.key"))};
  // What an operator sets for a service stands in a file; what the supervisor decides comes after and counts.
  const std::string config = settings.home.Path("config/" + program + ".yaml");
  if (access(config.c_str(), F_OK) == 0) spec.program.arguments.push_back("--config=" + config);
  spec.ports = {{port, absl::StrCat("server.address of ", name)},
                {port + kMetricsDistance, absl::StrCat("server.metrics_address of ", name)}};
  spec.is_healthy = GrpcHealth(spec.address);
  return spec;
}

}  // namespace

std::function<bool()> GrpcHealth(const std::string& address) {
  // Connected at the first check: a plan is made before the supervisor forks, and gRPC does not survive a fork.
  const auto stub = std::make_shared<std::unique_ptr<grpc::GenericStub>>();
  return [address, stub] {
    if (*stub == nullptr) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
      arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
      arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
      arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      *stub =
          std::make_unique<grpc::GenericStub>(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    }
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(700));
    const grpc::ByteBuffer everything(nullptr, 0);  // an empty HealthCheckRequest asks for the server as a whole
    grpc::ByteBuffer answer;
    grpc::Status status;
    absl::Notification done;
    (*stub)->UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &everything, &answer, [&](grpc::Status result) {
      status = std::move(result);
      done.Notify();
    });
    done.WaitForNotification();
    grpc::Slice slice;
    if (!status.ok() || !answer.DumpToSingleSlice(&slice).ok()) return false;
    return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size()) == "\x08\x01";  // status: SERVING
  };
}

absl::StatusOr<std::vector<ServiceSpec>> PlanServices(const Settings& settings) {
  std::vector<ServiceSpec> plan;
  const Home& home = settings.home;
  if (settings.database_url.empty()) {
    ASSIGN_OR_RETURN(const PostgresCluster cluster, PostgresCluster::Find(home));
    ASSIGN_OR_RETURN(const std::string url, cluster.Url());
    ServiceSpec postgres{
        .name = "postgres", .program = cluster.Server(), .address = "unix:" + home.DatabaseSocketFolder(), .version = "15"};
    postgres.program.environment.push_back(SupervisedMark(home.root(), postgres.name));
    postgres.is_healthy = [url] { return AnswersPing(url); };
    postgres.stop_signal = 2;  // PostgreSQL's fast shutdown
    postgres.needs_first = true;
    postgres.stop_wave = 2;
    plan.push_back(std::move(postgres));
  }
  for (const Row& row : Rows(settings)) {
    ServiceSpec spec = Service(settings, row.name, row.name, row.port + settings.port_offset, MILLWRIGHT_VERSION);
    if (row.has_database) spec.program.arguments.push_back("--database.url_file=" + home.Secret("database.url"));
    for (const char* wanted : row.peers) {
      for (const Peer& peer : kPeers) {
        if (std::string(peer.key) != wanted) continue;
        spec.program.arguments.push_back(absl::StrCat("--peers.", peer.key, "=", Local(peer.port + settings.port_offset)));
      }
    }
    spec.program.arguments.insert(spec.program.arguments.end(), row.flags.begin(), row.flags.end());
    spec.ports.insert(spec.ports.end(), row.doors.begin(), row.doors.end());
    spec.stop_wave = row.stop_wave;
    plan.push_back(std::move(spec));
  }
  for (int number = 1; number <= settings.workers; ++number) {
    const std::string name = settings.workers == 1 ? "trainer-worker" : absl::StrCat("trainer-worker-", number);
    // The first worker has the room's own port; more of them go on from 7020.
    const int port = (number == 1 ? 7007 : 7018 + number) + settings.port_offset;
    ServiceSpec spec = Service(settings, name, "trainer-worker", port, MILLWRIGHT_VERSION);
    spec.program.arguments.push_back("--peers.gateway_door=" + Local(kGatewayDoorPort + settings.port_offset));
    spec.program.arguments.push_back("--worker.token_file=" + home.Secret("worker.token"));
    spec.program.arguments.push_back("--worker.folder=" + home.Path("worker/" + name));
    if (settings.allow_commands) {
      spec.program.arguments.push_back("--command.allowed=true");
      spec.program.arguments.push_back("--command.token_file=" + home.Secret("command.token"));
      spec.program.arguments.push_back("--command.tracking_uri=http://" + Local(kGatewayHttpPort + settings.port_offset));
    }
    spec.stop_wave = 0;
    plan.push_back(std::move(spec));
  }
  return plan;
}

absl::Status CheckPrograms(const std::vector<ServiceSpec>& plan) {
  std::vector<std::string> missing;
  for (const ServiceSpec& spec : plan) {
    if (access(spec.program.path.c_str(), X_OK) != 0) missing.push_back(spec.program.path);
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("missing programs: ", absl::StrJoin(missing, ", "), ". Install again with deploy/up"));
}

absl::Status CheckPorts(const ServiceSpec& spec) {
  for (const Port& port : spec.ports) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto closer = absl::MakeCleanup([fd] { close(fd); });
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port.number));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && listen(fd, 1) == 0) continue;
    return absl::UnavailableError(absl::StrCat("port ", port.number, " (", port.key, ") cannot be used: ",
                                               errno == EADDRINUSE ? "another program listens there" : strerror(errno),
                                               ". Stop that program (`ss -ltnp 'sport = :", port.number,
                                               "'` shows it), or move all ports with --port-offset or MILLWRIGHT_PORT_OFFSET"));
  }
  return absl::OkStatus();
}

}  // namespace millwright::cli
