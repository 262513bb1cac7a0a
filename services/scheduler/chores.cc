#include "scheduler/chores.h"

#include "lib/base/status_macros.h"
#include "lib/rpc/log.h"

namespace millwright::scheduler {

Chores::Chores(PgQueue& queue, PgSchedules& schedules, absl::Duration history, const base::Clock& clock)
    : queue_(queue), schedules_(schedules), history_(history), clock_(clock) {}

void Chores::Start() {
  reap_from_ = clock_.Now() + queue_.lease() / 2;
  prune_at_ = clock_.Now();
  thread_ = std::thread([this] { Run(); });
}

void Chores::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    is_stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status Chores::Round() {
  const absl::Time now = clock_.Now();
  RETURN_IF_ERROR(schedules_.FireDue(now).status());
  if (now >= reap_from_) {
    ASSIGN_OR_RETURN(const int reaped, queue_.ReapExpired(now));
    if (reaped > 0) rpc::LogWarning("leases ran out; their tasks go on with other workers", {{"tasks", reaped}});
  }
  if (now >= prune_at_) {
    RETURN_IF_ERROR(queue_.PruneHistory(now - history_));
    prune_at_ = now + absl::Minutes(10);
  }
  return absl::OkStatus();
}

void Chores::Run() {
  bool was_ok = true;
  for (;;) {
    const absl::Status status = Round();
    if (!status.ok()) {
      reap_from_ = clock_.Now() + queue_.lease() / 2;
      if (was_ok) rpc::LogError("chores stopped", {{"error", std::string(status.message())}});
    } else if (!was_ok) {
      rpc::LogInfo("chores go on", nlohmann::json::object());
    }
    was_ok = status.ok();
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&is_stopped_), absl::Seconds(1))) return;
  }
}

}  // namespace millwright::scheduler
