#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gateway/domain/identity.h"
#include "lib/base/clock.h"

namespace millwright::gateway {

/// Whether the caller of an open stream, asked for again, is still who they were; also OK while nobody can be asked.
absl::Status CheckSameCaller(const absl::StatusOr<Identity>& now, const auth::Caller& caller);

/// A call that stays open while messages come and go.
class OpenStream {
 public:
  virtual ~OpenStream() = default;
  /// Ends the call with this status, at any moment and from any thread. Does not block.
  virtual void End(const absl::Status& why) = 0;
};

struct OpenStreamsOptions {
  absl::Duration period = absl::Seconds(2);
  absl::Duration longest_life = absl::Hours(24);
};

/// Asks again and again who the callers of the open streams are: a stream ends Unauthenticated soon after its token, or after the
/// rights it was admitted with, and Unavailable when it is too old. Thread-safe.
class OpenStreams {
 public:
  /// How the caller was identified at the stream's start. May block.
  using Identify = std::function<absl::StatusOr<Identity>()>;

  explicit OpenStreams(const base::Clock& clock, OpenStreamsOptions options = {});
  ~OpenStreams();

  /// Forgotten by itself when the stream is gone.
  void Add(std::weak_ptr<OpenStream> stream, const auth::Caller& caller, Identify identify);

 private:
  struct Watched {
    std::weak_ptr<OpenStream> stream;
    auth::Caller caller;
    Identify identify;
    absl::Time opened_at;
  };

  void Watch();
  /// What ends the stream now; OK when nothing does.
  absl::Status Check(const Watched& watched) const;

  const base::Clock& clock_;
  const OpenStreamsOptions options_;
  absl::Mutex mutex_;
  std::vector<Watched> streams_ ABSL_GUARDED_BY(mutex_);
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread watcher_;
};

}  // namespace millwright::gateway
