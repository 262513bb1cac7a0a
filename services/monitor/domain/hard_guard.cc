#include "monitor/domain/hard_guard.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace millwright::monitor {
namespace {

constexpr std::size_t kMaxExamples = 10;

std::string Rfc3339(const std::optional<absl::Time>& time) {
  return time ? absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", *time, absl::UTCTimeZone()) : "";
}

}  // namespace

Finding Observe(GuardTally& tally, const Prediction& answer, const GuardOptions& options) {
  if (tally.first_at && answer.at > *tally.first_at + options.window) return Finding::kPassed;
  ++tally.requests;
  if (!tally.first_at) tally.first_at = answer.at;
  tally.last_at = std::max(tally.last_at.value_or(answer.at), answer.at);
  if (answer.outcome == Outcome::kNotFinite) ++tally.not_finite;
  if (answer.outcome == Outcome::kFailed) ++tally.failed;
  if (answer.outcome != Outcome::kOk && tally.examples.size() < kMaxExamples) tally.examples.push_back(answer.id);

  const double share = static_cast<double>(tally.bad()) / static_cast<double>(tally.requests);
  if (tally.bad() >= options.min_bad && share >= options.bad_share) return Finding::kBad;
  return tally.requests >= options.requests ? Finding::kPassed : Finding::kWatching;
}

std::string ReasonOf(const GuardTally& tally, int version) {
  return absl::StrCat(tally.bad(), " of the first ", tally.requests, " answers of version ", version, " were bad: ", tally.failed,
                      " failed, ", tally.not_finite, " not finite");
}

nlohmann::json EvidenceOf(const GuardTally& tally, const GuardOptions& options) {
  return {{"requests", tally.requests},
          {"failed", tally.failed},
          {"not_finite", tally.not_finite},
          {"bad_share", tally.requests == 0 ? 0.0 : static_cast<double>(tally.bad()) / static_cast<double>(tally.requests)},
          {"first_at", Rfc3339(tally.first_at)},
          {"last_at", Rfc3339(tally.last_at)},
          {"example_prediction_ids", tally.examples},
          {"guard",
           {{"requests", options.requests},
            {"seconds", absl::ToInt64Seconds(options.window)},
            {"min_bad", options.min_bad},
            {"bad_share", options.bad_share}}}};
}

}  // namespace millwright::monitor
