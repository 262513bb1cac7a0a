#include <algorithm>
#include <filesystem>
#include <vector>

#include "lib/base/files.h"
#include "lib/config/config.h"
#include "lib/pg/listener.h"
#include "lib/pg/migrate.h"
#include "lib/rpc/log.h"
#include "migrations.h"
#include "scheduler/chores.h"
#include "scheduler/config.h"
#include "scheduler/rpc/pipeline_service.h"
#include "scheduler/rpc/queue_service.h"
#include "scheduler/rpc/schedule_service.h"
#include "scheduler/rpc/study_service.h"
#include "scheduler/storage/run_graph.h"

namespace millwright::scheduler {
namespace {

/// A file that is wrong is logged and left out; the others stand.
void PutShippedPipelines(PgPipelines& pipelines, const std::string& folder, const base::Clock& clock) {
  if (folder.empty()) return;
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  if (error) rpc::LogWarning("cannot read pipelines.folder", {{"folder", folder}, {"error", error.message()}});
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& file : files) {
    const absl::StatusOr<std::string> text = base::ReadFile(file, 1 << 20);
    const absl::Status status =
        text.ok() ? pipelines.PutShipped(base::WorkspaceId("1"), *text, "service:scheduler", clock.Now()) : text.status();
    if (!status.ok())
      rpc::LogError("shipped pipeline refused", {{"file", file.string()}, {"error", std::string(status.message())}});
  }
}

int Run(const Config& config) {
  rpc::BlockStopSignals();
  const auth::Signer signer = rpc::LoadSignerOrExit(config.server);
  pg::Database db(config.database.ResolveOrExit());
  if (const absl::Status status = pg::Migrate(db, "scheduler", migrations()); !status.ok()) config::ExitWith(status);
  const base::Clock& clock = base::SystemClock();
  PgPipelines pipelines(db);
  PgRuns runs(db);
  PgStudies studies(db);
  PgSchedules schedules(db);
  PgQueue queue(db, absl::Seconds(config.lease_seconds));
  PutShippedPipelines(pipelines, config.pipelines_folder, clock);

  Signal tasks_changed, runs_changed;
  const pg::Listener tasks_listener(db, kTasksChannel, [&] { tasks_changed.Raise(); });
  const pg::Listener runs_listener(db, kRunsChannel, [&] { runs_changed.Raise(); });
  Chores chores(queue, schedules, absl::Hours(24) * config.history_days, clock);

  PipelineService pipeline_service(pipelines, runs, runs_changed, clock);
  ScheduleService schedule_service(schedules, clock);
  StudyService study_service(studies);
  QueueService queue_service(queue, tasks_changed, clock);
  return rpc::RunServer(config.server, signer, {&pipeline_service, &schedule_service, &study_service, &queue_service},
                        {{.start = [&] { chores.Start(); },
                          .stop =
                              [&] {
                                tasks_changed.Stop();
                                runs_changed.Stop();
                                chores.Stop();
                              }}});
}

}  // namespace
}  // namespace millwright::scheduler

int main(int argc, char** argv) {
  using millwright::scheduler::Config;
  return millwright::scheduler::Run(millwright::config::LoadOrExit<Config>(argc, argv));
}
