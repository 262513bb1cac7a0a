#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

/// A measurement of a model on rows of a dataset version, or a program's sight of them.
struct Look {
  std::string dataset_version_id;
  std::string split;
  std::string run_id;
  std::string subject;  // "candidate", "training", "command"
  std::map<std::string, double> metrics;
  bool is_of_attempt = false;  // each attempt of the task measures another model, and so looks anew
};

/// Puts a look on record, before anyone sees its figures; answers with the number of looks so far at that split of that dataset
/// version. A task that runs again is the same look, unless it is one of the attempt.
absl::StatusOr<int> RecordLook(const Look& look, TaskContext& context);

}  // namespace millwright::trainer
