#include "tracker/chore.h"

#include "lib/rpc/log.h"

namespace millwright::tracker {

Chore::Chore(std::string name, absl::Duration period, std::function<absl::Status()> work)
    : name_(std::move(name)), period_(period), work_(std::move(work)) {}

void Chore::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Chore::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    is_stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Chore::Run() {
  bool was_ok = true;
  for (;;) {
    const absl::Status status = work_();
    if (was_ok && !status.ok()) rpc::LogWarning(name_ + " failed", {{"error", std::string(status.message())}});
    was_ok = status.ok();
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&is_stopped_), period_)) return;
  }
}

}  // namespace millwright::tracker
