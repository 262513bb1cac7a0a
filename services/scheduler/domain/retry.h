#pragma once

#include <algorithm>

#include "absl/time/time.h"

namespace millwright::scheduler {

/// How often a task has been tried. A failure that the worker reports and a lease that ran out (the worker died) are two budgets,
/// so that a killed worker never costs a task the tries that its step allows; the second is bounded because a task may kill its
/// workers. A task that its worker gave back has lost nothing.
struct Tries {
  int attempt = 0;   // claims so far, counted at claim time
  int lost = 0;      // of them, those whose lease ran out
  int released = 0;  // and those that were given back
  int max_attempts = 3;
};
inline constexpr int kMinLostLeases = 3;

/// The present one included, once it has failed.
inline int Failures(const Tries& tries) { return tries.attempt - tries.lost - tries.released; }
inline bool MayRetryFailure(const Tries& tries) { return Failures(tries) < tries.max_attempts; }
/// `lost` counts the present one.
inline bool MayRetryLostLease(const Tries& tries) { return tries.lost < std::max(kMinLostLeases, tries.max_attempts); }

/// The wait before the try after `failures` failed ones: 1 s, 2 s, 4 s … at most a minute.
inline absl::Duration Backoff(int failures) {
  return std::min(absl::Minutes(1), absl::Seconds(1) * (1 << std::clamp(failures - 1, 0, 6)));
}

}  // namespace millwright::scheduler
