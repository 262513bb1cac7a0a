#include "monitor/domain/release.h"

namespace millwright::monitor {

bool Count(Release& release, const Prediction& answer, const GuardOptions& options, absl::Time now) {
  if (answer.version != release.version) return false;
  if (release.state == ReleaseState::kRollbackFailed) {
    ++release.recent;
    release.recent_bad += answer.outcome == Outcome::kOk ? 0 : 1;
    return true;
  }
  if (release.state != ReleaseState::kWatching) return false;
  const Finding finding = Observe(release.tally, answer, options);
  if (finding == Finding::kWatching) return true;
  release.state = finding == Finding::kBad ? ReleaseState::kRollbackWanted : ReleaseState::kPassed;
  if (finding == Finding::kBad) release.reason = ReasonOf(release.tally, release.version);
  release.evidence = EvidenceOf(release.tally, options);
  release.changed_at = now;
  return true;
}

}  // namespace millwright::monitor
