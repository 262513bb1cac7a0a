#include "tracker/storage/log_committer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace millwright::tracker {

LogCommitter::LogCommitter(pg::Database& db, ModelMetricWriter write_model_metrics, const CommitterOptions& options)
    : db_(db), write_model_metrics_(std::move(write_model_metrics)), options_(options) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Run(); });
}

LogCommitter::~LogCommitter() {
  {
    absl::MutexLock lock(&mutex_);
    is_closed_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

std::future<absl::Status> LogCommitter::Submit(LogCall call) {
  Waiting waiting{std::move(call), {}};
  std::future<absl::Status> outcome = waiting.done.get_future();
  absl::MutexLock lock(&mutex_);
  if (waiting_.size() >= options_.max_waiting_calls || waiting_bytes_ >= options_.max_waiting_bytes) {
    waiting.done.set_value(absl::ResourceExhaustedError(
        absl::StrCat("the tracker has ", waiting_.size(), " batches waiting to be written; try again in a second")));
    return outcome;
  }
  waiting_bytes_ += waiting.call.points.size();
  waiting_.push_back(std::move(waiting));
  return outcome;
}

void LogCommitter::NoteSettled(std::int64_t points) {
  // Points of other programs may be among them.
  std::int64_t known = unsettled_.load();
  while (!unsettled_.compare_exchange_weak(known, std::max<std::int64_t>(0, known - points))) {
  }
  absl::MutexLock lock(&settled_mutex_);
  settled_.SignalAll();
}

void LogCommitter::Run() {
  for (std::vector<Waiting> group = Gather(); !group.empty(); group = Gather()) {
    WaitUntilSettled();
    Commit(group);
    absl::MutexLock lock(&mutex_);
    --writing_;
  }
}

// Empty when all is done and nothing more comes. Who gets a group counts as writing.
std::vector<LogCommitter::Waiting> LogCommitter::Gather() {
  std::vector<Waiting> group;
  std::size_t bytes = 0;
  const auto has_news = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !waiting_.empty() || is_closed_; };
  const auto is_worth_it = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return is_closed_ || (writing_ == 0 && !waiting_.empty()) || waiting_bytes_ >= options_.small_group_bytes;
  };
  absl::MutexLock lock(&mutex_);
  do {
    mutex_.Await(absl::Condition(&has_news));
    // Few calls cost little less than many: they go together when the transaction under way ends.
    mutex_.AwaitWithTimeout(absl::Condition(&is_worth_it), options_.patience);
  } while (waiting_.empty() && !is_closed_);
  while (!waiting_.empty() && group.size() < options_.max_group_calls && bytes < options_.max_group_bytes) {
    bytes += waiting_.front().call.points.size();
    group.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  waiting_bytes_ -= bytes;
  ++writing_;
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
  if (AreOnlyMetrics(calls)) return WriteMetrics(db_, calls, outcomes);
  absl::Status status;
  for (int attempt = 1; attempt <= 4; ++attempt) {
    status = db_.Transact([&](pg::Tx& tx) { return WriteLogs(tx, calls, write_model_metrics_, outcomes); });
    if (!absl::IsAborted(status)) break;
  }
  return status;
}

}  // namespace millwright::tracker
