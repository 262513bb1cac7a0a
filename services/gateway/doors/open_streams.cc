#include "gateway/doors/open_streams.h"

#include <iterator>

#include "absl/strings/str_cat.h"

namespace millwright::gateway {

absl::Status CheckSameCaller(const absl::StatusOr<Identity>& now, const auth::Caller& caller) {
  if (!now.ok()) return absl::IsUnauthenticated(now.status()) ? now.status() : absl::OkStatus();
  if (now->role == caller.role && now->workspace == caller.workspace) return absl::OkStatus();
  return absl::UnauthenticatedError("the caller's rights have changed; open the stream again");
}

OpenStreams::OpenStreams(const base::Clock& clock, OpenStreamsOptions options)
    : clock_(clock), options_(options), watcher_([this] { Watch(); }) {}

OpenStreams::~OpenStreams() {
  {
    absl::MutexLock lock(&mutex_);
    is_stopping_ = true;
  }
  watcher_.join();
}

void OpenStreams::Add(std::weak_ptr<OpenStream> stream, const auth::Caller& caller, Identify identify) {
  absl::MutexLock lock(&mutex_);
  streams_.push_back({.stream = std::move(stream), .caller = caller, .identify = std::move(identify), .opened_at = clock_.Now()});
}

void OpenStreams::Watch() {
  while (true) {
    std::vector<Watched> open;
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&is_stopping_), options_.period)) return;
      open.swap(streams_);
    }
    // The database is asked, and streams are ended, without the lock: doors add streams meanwhile.
    std::vector<Watched> kept;
    for (Watched& watched : open) {
      const std::shared_ptr<OpenStream> stream = watched.stream.lock();
      if (stream == nullptr) continue;
      const absl::Status status = Check(watched);
      if (status.ok()) {
        kept.push_back(std::move(watched));
      } else {
        stream->End(status);
      }
    }
    absl::MutexLock lock(&mutex_);
    streams_.insert(streams_.end(), std::make_move_iterator(kept.begin()), std::make_move_iterator(kept.end()));
  }
}

absl::Status OpenStreams::Check(const Watched& watched) const {
  if (clock_.Now() - watched.opened_at > options_.longest_life) {
    return absl::UnavailableError(
        absl::StrCat("the stream has been open for ", absl::FormatDuration(options_.longest_life), "; open it again"));
  }
  return CheckSameCaller(watched.identify(), watched.caller);
}

}  // namespace millwright::gateway
