#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "monitor/domain/prediction.h"
#include "nlohmann/json.hpp"

namespace millwright::monitor {

/// When a new release is bad: at least `min_bad` bad answers, and at least `bad_share` of the answers so far, within the first
/// `requests` requests and the time `window` from the first of them.
struct GuardOptions {
  int requests = 200;
  absl::Duration window = absl::Seconds(600);
  int min_bad = 3;
  double bad_share = 0.2;  // 0 to 1
};

/// What was counted of a release so far.
struct GuardTally {
  std::int64_t requests = 0;
  std::int64_t not_finite = 0;
  std::int64_t failed = 0;
  std::optional<absl::Time> first_at;
  std::optional<absl::Time> last_at;
  std::vector<std::string> examples;  // ids of the first bad predictions

  std::int64_t bad() const { return not_finite + failed; }
};

enum class Finding { kWatching, kPassed, kBad };

/// Counts one answer of a watched release and says where that leaves it. After kPassed or kBad nothing more is counted.
Finding Observe(GuardTally& tally, const Prediction& answer, const GuardOptions& options);

/// One sentence, and the numbers, for the promotion history.
std::string ReasonOf(const GuardTally& tally, int version);
nlohmann::json EvidenceOf(const GuardTally& tally, const GuardOptions& options);

}  // namespace millwright::monitor
