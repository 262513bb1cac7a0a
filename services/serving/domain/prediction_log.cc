#include "serving/domain/prediction_log.h"

#include <algorithm>
#include <utility>

namespace millwright::serving {

void PredictionLog::Append(LoggedPrediction prediction) {
  absl::MutexLock lock(&mutex_);
  if (queue_.size() >= capacity_) {
    queue_.pop_front();
    ++dropped_;
  }
  queue_.push_back(std::move(prediction));
}

std::vector<LoggedPrediction> PredictionLog::Take(std::size_t max) {
  absl::MutexLock lock(&mutex_);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(max, queue_.size()));
  std::vector<LoggedPrediction> taken(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return taken;
}

void PredictionLog::Await(std::size_t enough, absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  const auto ready = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return is_woken_ || queue_.size() >= enough; };
  mutex_.AwaitWithTimeout(absl::Condition(&ready), timeout);
}

void PredictionLog::Wake() {
  absl::MutexLock lock(&mutex_);
  is_woken_ = true;
}

std::size_t PredictionLog::size() const {
  absl::MutexLock lock(&mutex_);
  return queue_.size();
}

std::uint64_t PredictionLog::dropped() const {
  absl::MutexLock lock(&mutex_);
  return dropped_;
}

}  // namespace millwright::serving
