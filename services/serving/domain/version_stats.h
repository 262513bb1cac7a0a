#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace millwright::serving {

/// How a request ended that reached a model version.
enum class Outcome { kOk, kBadRequest, kNotFinite, kFailed };
inline constexpr std::array<const char*, 4> kOutcomeNames = {"ok", "bad_request", "not_finite", "failed"};

/// Upper bounds of the latency histogram, in seconds.
inline constexpr std::array<double, 12> kLatencyBounds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                          0.01,   0.025,   0.05,   0.1,   0.5,    2.5};

/// What one version of a model has answered since the process started. Lock-free.
class VersionStats {
 public:
  void Count(Outcome outcome, absl::Duration latency) {
    outcomes_[static_cast<std::size_t>(outcome)].fetch_add(1, std::memory_order_relaxed);
    const double seconds = absl::ToDoubleSeconds(latency);
    std::size_t bucket = 0;
    while (bucket < kLatencyBounds.size() && seconds > kLatencyBounds[bucket]) ++bucket;
    buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
    nanoseconds_.fetch_add(static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(latency)), std::memory_order_relaxed);
  }
  std::uint64_t count(Outcome outcome) const {
    return outcomes_[static_cast<std::size_t>(outcome)].load(std::memory_order_relaxed);
  }
  std::uint64_t requests() const {
    std::uint64_t sum = 0;
    for (const auto& outcome : outcomes_) sum += outcome.load(std::memory_order_relaxed);
    return sum;
  }
  std::uint64_t failures() const { return count(Outcome::kNotFinite) + count(Outcome::kFailed); }
  /// Requests that took at most kLatencyBounds[bucket] and more than the bound before; the last bucket has no bound.
  std::uint64_t bucket(std::size_t bucket) const { return buckets_[bucket].load(std::memory_order_relaxed); }
  double seconds() const { return static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) * 1e-9; }

 private:
  std::array<std::atomic<std::uint64_t>, kOutcomeNames.size()> outcomes_{};
  std::array<std::atomic<std::uint64_t>, kLatencyBounds.size() + 1> buckets_{};
  std::atomic<std::uint64_t> nanoseconds_{0};
};

}  // namespace millwright::serving
