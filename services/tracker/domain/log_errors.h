#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tracker/domain/run.h"

namespace millwright::tracker {

/// A param that has one value and was given another.
struct ParamConflict {
  std::string key;
  std::string value;
  std::string refused;
};

/// InvalidArgument that names the first conflict and carries all of them.
absl::Status ParamConflictError(const RunId& run, const std::vector<ParamConflict>& conflicts);

/// The conflicts that a status carries; none for other statuses.
std::vector<ParamConflict> ConflictsOf(const absl::Status& status);

/// FailedPrecondition: a change to what is deleted.
absl::Status DeletedRunError(const RunId& run);
absl::Status DeletedExperimentError(const ExperimentId& experiment);

absl::Status NoSuchRun(const RunId& run);

}  // namespace millwright::tracker
