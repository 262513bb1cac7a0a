#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/learn/training/training.h"
#include "trainer-worker/tasks/bundle_store.h"
#include "trainer-worker/tasks/dataset.h"
#include "trainer-worker/tasks/run_log.h"
#include "trainer-worker/tasks/spec.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {
namespace {

nlohmann::json Lineage(const tracker::v1::DatasetVersion& dataset, const std::string& run_id, const learn::TrainingSpec& spec,
                       const scheduler::v1::Task& task) {
  return {{"dataset_version_id", dataset.dataset_version_id()},
          {"dataset", dataset.name()},
          {"dataset_content_hash", dataset.content_hash()},
          {"run_id", run_id},
          {"pipeline_run_id", task.pipeline_run_id()},
          {"training_spec", spec.source},
          {"millwright_version", MILLWRIGHT_VERSION},
          {"xgboost_version", "1.7.4"},
          {"threads", 1}};
}

// The parameters that people compare runs by: those of the first head, and what the trial set.
nlohmann::json ParamsToLog(const learn::TrainingSpec& spec, const nlohmann::json& overrides) {
  nlohmann::json params = spec.heads.front().params;
  for (const auto& [key, value] : overrides.items()) params[key] = value;
  params["learner"] = spec.heads.front().learner;
  return params;
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
  hooks.on_round = [&](std::string_view head, const learn::Round& round) {
    const std::string metric = absl::StrCat(round.is_validation ? "validation_" : "train_", round.metric);
    const std::string key = spec.heads.size() == 1 ? metric : absl::StrCat(std::string(head), ".", metric);
    rounds[key] = std::max(rounds[key], round.number + 1);
    if (lost.ok()) lost = run.LogMetric(key, round.value, round.number);
    // A tenth of the rounds is enough for a person who watches a trial.
    const bool is_reported = is_trial && round.number % std::max(1, round.total / 10) == 0;
    if (lost.ok() && is_reported) lost = context.lease.Report(round.number, round.value);
    return lost.ok() ? learn::RoundVerdict::kContinue : learn::RoundVerdict::kStop;
  };
  ASSIGN_OR_RETURN(const learn::TrainedBundle trained, learn::Train(table, spec, hooks));
  RETURN_IF_ERROR(lost);
  for (const auto& [key, value] : trained.metrics) {
    // After the last round of a curve, so that what the kept model scores is the newest point.
    const auto curve = rounds.find(key);
    RETURN_IF_ERROR(run.LogMetric(key, value, curve == rounds.end() ? 0 : curve->second));
  }
  RETURN_IF_ERROR(run.Flush());

  nlohmann::json outputs{{"run_id", run.run_id()}, {"metrics", trained.metrics}};
  // A trial is known by its score; only a training whose bundle someone will use keeps it.
  if (is_trial) return outputs;
  const nlohmann::json lineage = Lineage(dataset, run.run_id(), spec, context.task);
  const learn::Bundle bundle = trained.bundle.WithLineage(lineage);
  context.lease.SetProgress(0, 0, "", "storing the bundle");
  ASSIGN_OR_RETURN(outputs["files"], StoreBundle(bundle, run.run_id(), context));
  ASSIGN_OR_RETURN(outputs["content_hash"], bundle.ContentHash());
  outputs["lineage"] = lineage;
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

  const bool is_trial = !context.task.study_id().empty();
  ASSIGN_OR_RETURN(RunLog run,
                   RunLog::Open(experiment, is_trial ? absl::StrCat("trial ", context.task.trial_number()) : run_name, context));
  RETURN_IF_ERROR(run.LogParams(ParamsToLog(spec, params)));
  RETURN_IF_ERROR(run.LogTag("millwright.dataset_version_id", dataset_version_id));
  absl::StatusOr<nlohmann::json> outputs = TrainInRun(dataset.table, dataset.version, spec, run, context);
  const absl::Status finished = run.Finish(outputs.ok()                          ? tracker::v1::RUN_STATUS_FINISHED
                                           : absl::IsCancelled(outputs.status()) ? tracker::v1::RUN_STATUS_KILLED
                                                                                 : tracker::v1::RUN_STATUS_FAILED);
  RETURN_IF_ERROR(outputs.status());
  RETURN_IF_ERROR(finished);
  return outputs;
}

}  // namespace millwright::trainer
