#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/learn/learners/learner.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

/// Where a task's training is kept for its next attempt: artifacts `checkpoints/<pass>` of the attempt's run, from where any
/// worker takes them up. Outlives what it gave out with Of. Not thread-safe.
class CheckpointStore {
 public:
  /// Finds what the attempts before this one left.
  static absl::StatusOr<CheckpointStore> Open(const std::string& run_id, TaskContext& context);

  /// Saves at once the first time and then each few seconds; loads the newest one of the earlier attempts.
  learn::Checkpoints Of(const std::string& pass);
  /// Removes the checkpoints of all attempts: the training is done and its result is stored.
  absl::Status Discard();

 private:
  CheckpointStore(std::string run_id, TaskContext& context) : run_id_(std::move(run_id)), context_(&context) {}
  absl::Status Save(const std::string& pass, absl::string_view bytes);
  absl::StatusOr<std::optional<std::string>> Load(const std::string& pass);

  std::string run_id_;
  TaskContext* context_;
  std::vector<std::string> runs_;               // whose checkpoints are to be removed
  std::map<std::string, std::string> earlier_;  // pass → the digest of the newest
  std::map<std::string, absl::Time> saved_at_;
};

}  // namespace millwright::trainer
