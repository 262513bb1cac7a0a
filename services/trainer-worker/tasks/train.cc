#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/learn/evaluation/plots.h"
#include "lib/learn/training/training.h"
#include "trainer-worker/tasks/bundle_store.h"
#include "trainer-worker/tasks/checkpoint_store.h"
#include "trainer-worker/tasks/dataset.h"
#include "trainer-worker/tasks/look.h"
#include "trainer-worker/tasks/run_log.h"
#include "trainer-worker/tasks/run_record.h"
#include "trainer-worker/tasks/spec.h"
#include "trainer-worker/tasks/system_metrics.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {
namespace {

bool IsOfTestRows(const std::string& metric) {
  const std::size_t dot = metric.rfind('.');
  const std::string name = metric.substr(dot == std::string::npos ? 0 : dot + 1);
  return name.rfind("test_", 0) == 0 || (name.rfind("baseline_", 0) == 0 && name.find("_test_") != std::string::npos);
}

// A trial never tells what it scores on test rows, or a study could choose by it; any other training's figures are a look.
absl::Status AccountForTestRows(std::map<std::string, double>& metrics, const tracker::v1::DatasetVersion& dataset,
                                const RunLog& run, TaskContext& context) {
  if (!context.task.study_id().empty()) {
    std::erase_if(metrics, [](const auto& metric) { return IsOfTestRows(metric.first); });
    return absl::OkStatus();
  }
  Look look{.dataset_version_id = dataset.dataset_version_id(),
            .split = "test",
            .run_id = run.run_id(),
            .subject = "training",
            .is_of_attempt = true};
  for (const auto& [name, value] : metrics) {
    if (IsOfTestRows(name)) look.metrics[name] = value;
  }
  return look.metrics.empty() ? absl::OkStatus() : RecordLook(look, context).status();
}

// Trains inside an open run. The run is finished by the caller.
absl::StatusOr<nlohmann::json> TrainInRun(const learn::Table& table, const tracker::v1::DatasetVersion& dataset,
                                          const learn::TrainingSpec& spec, RunLog& run, TaskContext& context) {
  const bool is_trial = !context.task.study_id().empty();
  absl::Status lost;
  std::map<std::string, int> rounds;  // of each metric that has a curve
  learn::TrainHooks hooks;
  hooks.progress = [&](std::string_view stage, double share) {
    context.lease.SetProgress(std::lround(share * 100), 100, "%", std::string(stage));
  };
  SystemMetrics system;
  RETURN_IF_ERROR(system.Sample(run));
  hooks.on_round = [&](std::string_view head, const learn::Round& round) {
    const std::string metric = absl::StrCat(round.is_validation ? "validation_" : "train_", round.metric);
    const std::string key = spec.heads.size() == 1 ? metric : absl::StrCat(std::string(head), ".", metric);
    rounds[key] = std::max(rounds[key], round.number + 1);
    if (lost.ok()) lost = run.LogMetric(key, round.value, round.number);
    if (lost.ok()) lost = system.SampleIfDue(run);
    // A tenth of the rounds is enough for a person who watches a trial.
    const bool is_reported = is_trial && round.number % std::max(1, round.total / 10) == 0;
    if (lost.ok() && is_reported) lost = context.lease.Report(round.number, round.value);
    return lost.ok() ? learn::RoundVerdict::kContinue : learn::RoundVerdict::kStop;
  };
  ASSIGN_OR_RETURN(CheckpointStore checkpoints, CheckpointStore::Open(run.run_id(), context));
  hooks.checkpoints = [&](std::string_view pass) { return checkpoints.Of(std::string(pass)); };
  ASSIGN_OR_RETURN(learn::TrainedBundle trained, learn::Train(table, spec, hooks));
  RETURN_IF_ERROR(lost);
  RETURN_IF_ERROR(AccountForTestRows(trained.metrics, dataset, run, context));
  for (const auto& [key, value] : trained.metrics) {
    // After the last round of a curve, so that what the kept model scores is the newest point.
    const auto curve = rounds.find(key);
    RETURN_IF_ERROR(run.LogMetric(key, value, curve == rounds.end() ? 0 : curve->second));
  }
  RETURN_IF_ERROR(system.Sample(run));
  RETURN_IF_ERROR(run.Flush());

  nlohmann::json outputs{{"run_id", run.run_id()}, {"metrics", trained.metrics}};
  // A trial is known by its score; only a training whose bundle someone will use keeps it.
  if (is_trial) {
    RETURN_IF_ERROR(checkpoints.Discard());
    return outputs;
  }
  if (!trained.feature_report.is_null()) RETURN_IF_ERROR(run.LogArtifact("features.json", trained.feature_report.dump(1) + "\n"));
  for (const auto& [name, svg] : learn::ImportancePlots(trained.feature_report)) RETURN_IF_ERROR(run.LogArtifact(name, svg));
  const nlohmann::json lineage = Lineage(dataset, run.run_id(), spec, context.task);
  const learn::Bundle bundle = trained.bundle.WithLineage(lineage);
  context.lease.SetProgress(0, 0, "", "storing the bundle");
  ASSIGN_OR_RETURN(outputs["files"], StoreBundle(bundle, run.run_id(), context));
  ASSIGN_OR_RETURN(outputs["content_hash"], bundle.ContentHash());
  outputs["lineage"] = lineage;
  // The next attempt needs them until the bundle is stored.
  RETURN_IF_ERROR(checkpoints.Discard());
  return outputs;
}

}  // namespace

absl::StatusOr<nlohmann::json> Train(const nlohmann::json& spec_json, TaskContext& context) {
  SpecReader reader(spec_json);
  const std::string dataset_version_id = reader.Text("dataset_version_id");
  const nlohmann::json training = reader.Object("spec");
  const nlohmann::json params = reader.ObjectOr("params", nlohmann::json::object());
  const std::string experiment = reader.Text("experiment", "Default");
  const std::string run_name = reader.Text("run_name", "");
  RETURN_IF_ERROR(reader.Finish());
  ASSIGN_OR_RETURN(learn::TrainingSpec spec, learn::ParseTrainingSpec(training));
  if (!params.empty()) {
    ASSIGN_OR_RETURN(spec, learn::WithParams(spec, params));
  }
  context.lease.SetProgress(0, 0, "", "reading the dataset");
  ASSIGN_OR_RETURN(const LoadedDataset dataset, LoadDataset(dataset_version_id, context));

  if (!context.task.study_id().empty()) {
    // They say nothing about which trial is better.
    spec.trains_baselines = false;
    spec.reports_features = false;
  }
  ASSIGN_OR_RETURN(RunLog run, RunLog::Open(experiment, run_name, context));
  absl::Status described = run.LogParams(ParamsToLog(spec, params));
  if (described.ok()) described = LogOrigin(dataset.version, spec, run, context);
  absl::StatusOr<nlohmann::json> outputs =
      !described.ok() ? described : TrainInRun(dataset.table, dataset.version, spec, run, context);
  const absl::Status finished = run.Finish(outputs.status());
  RETURN_IF_ERROR(outputs.status());
  RETURN_IF_ERROR(finished);
  return outputs;
}

}  // namespace millwright::trainer
