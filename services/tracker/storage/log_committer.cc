#include "tracker/storage/log_committer.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"

namespace millwright::tracker {

LogCommitter::LogCommitter(pg::Database& db, ModelMetricWriter write_model_metrics, const CommitterOptions& options)
    : db_(db), write_model_metrics_(std::move(write_model_metrics)), options_(options) {
  for (int i = 0; i < options_.threads; ++i) lanes_.push_back(std::make_unique<Lane>());
  for (const auto& lane : lanes_) lane->thread = std::thread([this, &lane = *lane] { Run(lane); });
}

LogCommitter::~LogCommitter() {
  for (const auto& lane : lanes_) {
    absl::MutexLock lock(&lane->mutex);
    lane->is_closed = true;
  }
  for (const auto& lane : lanes_) lane->thread.join();
}

std::future<absl::Status> LogCommitter::Submit(LogCall call) {
  Lane& lane = *lanes_[absl::HashOf(call.run) % lanes_.size()];
  Waiting waiting{std::move(call), {}};
  std::future<absl::Status> outcome = waiting.done.get_future();
  absl::MutexLock lock(&lane.mutex);
  const std::size_t share = lanes_.size();
  if (lane.calls.size() >= options_.max_waiting_calls / share || lane.bytes >= options_.max_waiting_bytes / share) {
    waiting.done.set_value(absl::ResourceExhaustedError(
        absl::StrCat("the tracker has ", lane.calls.size(), " batches waiting to be written; try again in a second")));
    return outcome;
  }
  lane.bytes += waiting.call.points.size();
  lane.calls.push_back(std::move(waiting));
  return outcome;
}

void LogCommitter::NoteSettled(std::int64_t points) {
  unsettled_ -= points;
  absl::MutexLock lock(&settled_mutex_);
  settled_.SignalAll();
}

void LogCommitter::Run(Lane& lane) {
  for (std::vector<Waiting> group = Gather(lane); !group.empty(); group = Gather(lane)) {
    WaitUntilSettled();
    Commit(group);
  }
}

// Empty when the lane is closed and done.
std::vector<LogCommitter::Waiting> LogCommitter::Gather(Lane& lane) {
  std::vector<Waiting> group;
  std::size_t bytes = 0;
  absl::MutexLock lock(&lane.mutex);
  const auto has_news = [&lane]() ABSL_SHARED_LOCKS_REQUIRED(lane.mutex) { return !lane.calls.empty() || lane.is_closed; };
  lane.mutex.Await(absl::Condition(&has_news));
  while (!lane.calls.empty() && group.size() < options_.max_group_calls && bytes < options_.max_group_bytes) {
    bytes += lane.calls.front().call.points.size();
    group.push_back(std::move(lane.calls.front()));
    lane.calls.pop_front();
  }
  lane.bytes -= bytes;
  return group;
}

// Not for ever: what is acknowledged is safe either way, settling only keeps reads short.
void LogCommitter::WaitUntilSettled() {
  const absl::Time until = absl::Now() + absl::Seconds(5);
  absl::MutexLock lock(&settled_mutex_);
  while (unsettled_.load() > options_.max_unsettled_points) {
    if (settled_.WaitWithDeadline(&settled_mutex_, until)) return;
  }
}

void LogCommitter::Commit(std::vector<Waiting>& group) {
  std::vector<const LogCall*> calls;
  for (const Waiting& waiting : group) calls.push_back(&waiting.call);
  std::vector<absl::Status> outcomes;
  const absl::Status status = TryCommit(calls, outcomes);
  if (status.ok()) {
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (outcomes[i].ok()) unsettled_ += group[i].call.point_count;
      group[i].done.set_value(std::move(outcomes[i]));
    }
    return;
  }
  // A lost database fails them all alike; anything else may be the fault of one of them.
  const bool one_by_one = group.size() > 1 && !absl::IsUnavailable(status) && !absl::IsResourceExhausted(status);
  for (Waiting& waiting : group) {
    if (!one_by_one) {
      waiting.done.set_value(status);
      continue;
    }
    absl::Status alone = TryCommit({&waiting.call}, outcomes);
    if (alone.ok()) alone = outcomes.front();
    if (alone.ok()) unsettled_ += waiting.call.point_count;
    waiting.done.set_value(std::move(alone));
  }
}

absl::Status LogCommitter::TryCommit(const std::vector<const LogCall*>& calls, std::vector<absl::Status>& outcomes) {
  absl::Status status;
  for (int attempt = 1; attempt <= 4; ++attempt) {
    status = db_.Transact([&](pg::Tx& tx) { return WriteLogs(tx, calls, write_model_metrics_, outcomes); });
    if (!absl::IsAborted(status)) break;
  }
  return status;
}

}  // namespace millwright::tracker
