#include "monitor/domain/release_guard.h"

#include "lib/base/status_macros.h"

namespace millwright::monitor {
namespace {

// Logs on their way from serving may be this late before a quiet release is passed without them.
constexpr absl::Duration kLateLogs = absl::Seconds(60);

}  // namespace

absl::Status ReleaseGuard::RunOnce() {
  const absl::Time now = clock_.Now();
  absl::Status first = releases_.PassQuiet(now - options_.guard.window - kLateLogs, now);
  ASSIGN_OR_RETURN(const std::vector<Release> wanted, releases_.WantedRollbacks(now));
  for (const Release& release : wanted) first.Update(TryRollback(release));
  return first;
}

absl::Status ReleaseGuard::TryRollback(Release release) {
  ASSIGN_OR_RETURN(const RollbackAnswer answer, authority_.RollBack(release));
  const absl::Time now = clock_.Now();
  release.changed_at = now;
  switch (answer.kind) {
    case RollbackAnswer::Kind::kRolledBack:
      release.state = ReleaseState::kRolledBack;
      release.evidence["returned_version"] = answer.returned_version;
      break;
    case RollbackAnswer::Kind::kNoPrevious:
      release.state = ReleaseState::kRollbackFailed;
      release.evidence["rollback_refused"] = answer.message;
      break;
    case RollbackAnswer::Kind::kSuperseded:
      release.state = ReleaseState::kSuperseded;
      break;
  }
  return releases_.Conclude(release, now + options_.retry);
}

}  // namespace millwright::monitor
