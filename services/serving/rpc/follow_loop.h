#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace millwright::serving {

/// Keeps one server stream open on a thread of its own: opens it again with backoff (at most 1 s) whenever it ends.
class FollowLoop {
 public:
  /// Reads a stream to its end. Calls `reached` with every message.
  using Attempt = std::function<absl::Status(grpc::ClientContext& context, const std::function<void()>& reached)>;

  explicit FollowLoop(Attempt attempt) : attempt_(std::move(attempt)) {}
  ~FollowLoop() { Stop(); }

  void Start();
  void Stop();
  /// Whether the stream is open and has said something.
  bool is_reachable() const { return is_reachable_; }

 private:
  void Run();

  const Attempt attempt_;
  std::atomic<bool> is_reachable_{false};
  absl::Mutex mutex_;
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* running_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::thread thread_;
};

}  // namespace millwright::serving
