#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/pg/database_test.h"
#include "migrations.h"
#include "scheduler/storage/pg_pipelines.h"
#include "scheduler/storage/pg_queue.h"
#include "scheduler/storage/pg_runs.h"
#include "scheduler/storage/pg_schedules.h"
#include "scheduler/storage/pg_studies.h"

namespace millwright::scheduler {

inline const base::WorkspaceId kWorkspace("1");
inline const absl::Time kNoon = absl::FromUnixSeconds(1'780'000'000);
inline const std::vector<std::string> kAllKinds = {"simulate_plant", "build_dataset", "train", "evaluate", "await_serving"};

/// A migrated database with two small pipelines: `chain` (load -> check) and `search` (a study of $trials trials, then train).
class SchedulerPgTest : public pg::DatabaseTest {
 protected:
  SchedulerPgTest() : DatabaseTest({{"scheduler", migrations()}}) {
    EXPECT_TRUE(pipelines_
                    .Put(kWorkspace, R"(
name: chain
parameters: {rows: {type: int, default: 1}}
steps:
  - {id: load, task: build_dataset, with: {dataset: d, rows: "${params.rows}"}}
  - {id: check, task: evaluate, attempts: 2, with: {run_id: "${steps.load.outputs.id}", files: [], dataset_version_id: "1"}}
outputs: {id: "${steps.load.outputs.id}"}
)",
                         "test", kNoon)
                    .ok());
    EXPECT_TRUE(pipelines_
                    .Put(kWorkspace, R"(
name: search
parameters: {trials: {type: int, default: 5}, parallel: {type: int, default: 2}}
steps:
  - id: tune
    attempts: 1
    study:
      metric: rmse
      trials: ${params.trials}
      parallel: ${params.parallel}
      space: {x: {type: float, low: 0, high: 1}}
    with: {dataset_version_id: "1", spec: {}, params: {seed: 3}}
  - {id: train, task: train, with: {dataset_version_id: "1", spec: {}, params: "${steps.tune.outputs.best_params}"}}
outputs: {best: "${steps.tune.outputs.best_value}"}
)",
                         "test", kNoon)
                    .ok());
  }

  PipelineRun StartRun(const std::string& pipeline, nlohmann::json parameters = nlohmann::json::object(),
                       const std::string& request_id = "") {
    const auto run = runs_.Start({.workspace = kWorkspace,
                                  .pipeline = pipeline,
                                  .parameters = std::move(parameters),
                                  .trigger = "manual",
                                  .created_by = "ann",
                                  .request_id = request_id},
                                 kNoon);
    EXPECT_TRUE(run.ok()) << run.status();
    return run.ok() ? *run : PipelineRun{};
  }
  PipelineRun Reload(const PipelineRun& run) {
    const auto found = runs_.Get(kWorkspace, run.id);
    EXPECT_TRUE(found.ok()) << found.status();
    return *found;
  }
  std::optional<LeasedTask> Claim(absl::Time now = kNoon, const std::string& worker = "w1") {
    const auto task = queue_.Claim(kWorkspace, worker, kAllKinds, now);
    EXPECT_TRUE(task.ok()) << task.status();
    return task.ok() ? *task : std::nullopt;
  }
  static Lease Of(const LeasedTask& task) { return {kWorkspace, task.id, task.attempt}; }

  PgPipelines pipelines_{db()};
  PgRuns runs_{db()};
  PgQueue queue_{db(), absl::Seconds(30)};
  PgStudies studies_{db()};
  PgSchedules schedules_{db()};
};

}  // namespace millwright::scheduler
