#pragma once

#include <string>

#include "absl/status/status.h"
#include "lib/learn/training/training.h"
#include "nlohmann/json.hpp"
#include "trainer-worker/tasks/run_log.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

/// What made a model: dataset version, run, spec, code and library versions, seeds, threads and processor.
nlohmann::json Lineage(const tracker::v1::DatasetVersion& dataset, const std::string& run_id, const learn::TrainingSpec& spec,
                       const scheduler::v1::Task& task);

/// What people compare runs by: the learner, target and parameters of every head (the first head's under their own names, others'
/// as `<head>.<name>`), the split, and what the trial set.
nlohmann::json ParamsToLog(const learn::TrainingSpec& spec, const nlohmann::json& overrides);

/// Logs the dataset as the run's input (context "training"), spec and environment as artifacts, dataset version, version and
/// seeds as tags.
absl::Status LogOrigin(const tracker::v1::DatasetVersion& dataset, const learn::TrainingSpec& spec, RunLog& run,
                       TaskContext& context);

}  // namespace millwright::trainer
