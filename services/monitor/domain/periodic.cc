#include "monitor/domain/periodic.h"

namespace millwright::monitor {

Periodic::Periodic(absl::Duration every, std::function<void()> work)
    : every_(every), work_(std::move(work)), thread_([this] { Loop(); }) {}

Periodic::~Periodic() {
  {
    absl::MutexLock lock(&mutex_);
    is_stopped_ = true;
  }
  thread_.join();
}

void Periodic::Wake() {
  absl::MutexLock lock(&mutex_);
  is_woken_ = true;
}

void Periodic::Loop() {
  const auto is_due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return is_woken_ || is_stopped_; };
  while (true) {
    work_();
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&is_due), every_);
    if (is_stopped_) return;
    is_woken_ = false;
  }
}

}  // namespace millwright::monitor
