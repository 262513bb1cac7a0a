#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/base/id.h"

namespace millwright::tracker {

/// A number as text; "0" is the workspace's Default.
using ExperimentId = base::Id<struct ExperimentTag>;

inline constexpr char kDefaultExperiment[] = "0";

/// A named group of runs.
struct Experiment {
  ExperimentId id;
  std::string name;
  absl::Time created_at;
};

/// InvalidArgument unless 1 to 500 bytes.
absl::Status CheckExperimentName(absl::string_view name);

/// "0" for an empty text; InvalidArgument for what is not a number of at most 18 digits.
absl::StatusOr<ExperimentId> ParseExperimentId(absl::string_view text);

}  // namespace millwright::tracker
