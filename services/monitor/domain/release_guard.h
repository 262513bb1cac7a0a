#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lib/base/clock.h"
#include "monitor/domain/release_authority.h"
#include "monitor/domain/release_store.h"

namespace millwright::monitor {

struct ReleaseGuardOptions {
  GuardOptions guard;
  absl::Duration retry = absl::Seconds(60);  // after a rollback that found nothing to return to
};

/// Carries out what the guard decided: asks the registry, and records the answer. Not thread-safe: one loop runs it.
class ReleaseGuard {
 public:
  ReleaseGuard(ReleaseStore& releases, ReleaseAuthority& authority, const base::Clock& clock, ReleaseGuardOptions options)
      : releases_(releases), authority_(authority), clock_(clock), options_(options) {}

  /// One round. The first error of a store or the registry; what it concerned is tried again in the next round.
  absl::Status RunOnce();

 private:
  absl::Status TryRollback(Release release);
  ReleaseStore& releases_;
  ReleaseAuthority& authority_;
  const base::Clock& clock_;
  ReleaseGuardOptions options_;
};

}  // namespace millwright::monitor
