#include <memory>
#include <optional>

#include "lib/base/clock.h"
#include "lib/pg/database.h"
#include "lib/pg/migrate.h"
#include "lib/rpc/client.h"
#include "lib/rpc/log.h"
#include "lib/rpc/server.h"
#include "migrations.h"
#include "monitor/config.h"
#include "monitor/domain/monitor.h"
#include "monitor/domain/periodic.h"
#include "monitor/domain/release_guard.h"
#include "monitor/rpc/deployment_watch.h"
#include "monitor/rpc/monitor_service.h"
#include "monitor/rpc/registry_authority.h"
#include "monitor/storage/pg_prediction_store.h"
#include "monitor/storage/pg_release_store.h"

using namespace millwright;

namespace {

/// One line when a loop's work begins to fail, and one when it works again.
class Trouble {
 public:
  explicit Trouble(std::string work) : work_(std::move(work)) {}
  void Note(const absl::Status& status) {
    if (!status.ok() && !is_failing_)
      rpc::LogWarning(work_ + " failed; trying again", {{"error", std::string(status.message())}});
    if (status.ok() && is_failing_) rpc::LogInfo(work_ + " works again");
    is_failing_ = !status.ok();
  }

 private:
  std::string work_;
  bool is_failing_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  const auto config = config::LoadOrExit<monitor::Config>(argc, argv);
  const auth::Signer signer = rpc::LoadSignerOrExit(config.server);
  pg::Database db(config.database.ResolveOrExit());
  pg::MigrateOrExit(db, "monitor", monitor::migrations());

  const monitor::ReleaseGuardOptions options = config.guard();
  monitor::PgPredictionStore predictions(db, options.guard);
  monitor::PgReleaseStore releases(db, options.guard);
  const std::shared_ptr<grpc::Channel> registry = rpc::Connect(config.model_registry, signer);
  monitor::RegistryAuthority authority(registry, signer);
  monitor::ReleaseGuard guard(releases, authority, base::SystemClock(), options);

  Trouble guarding("the release guard"), keeping("keeping the prediction log's partitions");
  std::optional<monitor::Periodic> guard_loop, keeper;
  std::optional<monitor::DeploymentWatch> watch;
  const auto wake = [&] {
    if (guard_loop) guard_loop->Wake();
  };
  monitor::Monitor domain(predictions, base::SystemClock(), absl::Hours(24 * config.retention_days), wake);
  monitor::MonitorService service(domain);

  const rpc::Companion loops{.start =
                                 [&] {
                                   guard_loop.emplace(absl::Seconds(1), [&] { guarding.Note(guard.RunOnce()); });
                                   keeper.emplace(absl::Minutes(10), [&] { keeping.Note(domain.KeepPartitions()); });
                                   watch.emplace(registry, releases, wake);
                                 },
                             .stop =
                                 [&] {
                                   watch.reset();
                                   keeper.reset();
                                 }};
  return rpc::RunServer(config.server, signer, {&service}, {loops});
}
