#include "serving/rpc/follow_loop.h"

#include <algorithm>

#include "absl/time/time.h"
#include "lib/rpc/client.h"

namespace millwright::serving {
namespace {

constexpr absl::Duration kFirstBackoff = absl::Milliseconds(100);
constexpr absl::Duration kMaxBackoff = absl::Seconds(1);
// A peer that hangs without closing is noticed when its stream is due to be opened again.
constexpr absl::Duration kLongestStream = absl::Minutes(1);

}  // namespace

void FollowLoop::Start() {
  thread_ = std::thread([this] { Run(); });
}

void FollowLoop::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    is_stopping_ = true;
    if (running_ != nullptr) running_->TryCancel();
  }
  if (thread_.joinable()) thread_.join();
}

void FollowLoop::Run() {
  absl::Duration backoff = kFirstBackoff;
  while (true) {
    grpc::ClientContext context;
    rpc::Prepare(context, kLongestStream);
    {
      absl::MutexLock lock(&mutex_);
      if (is_stopping_) return;
      running_ = &context;
    }
    bool has_spoken = false;
    const absl::Status status = attempt_(context, [&] {
      has_spoken = true;
      is_reachable_ = true;
      backoff = kFirstBackoff;
    });
    is_reachable_ = has_spoken && status.code() == absl::StatusCode::kDeadlineExceeded;
    absl::MutexLock lock(&mutex_);
    running_ = nullptr;
    if (is_reachable_) continue;
    mutex_.AwaitWithTimeout(absl::Condition(&is_stopping_), backoff);
    backoff = std::min(backoff * 2, kMaxBackoff);
  }
}

}  // namespace millwright::serving
