#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/base/id.h"
#include "tracker/domain/key_value.h"

namespace millwright::tracker {

/// A number as text; "0" is the workspace's Default.
using ExperimentId = base::Id<struct ExperimentTag>;

inline constexpr char kDefaultExperiment[] = "0";

/// What a caller says of a new experiment.
struct NewExperiment {
  std::string name;
  std::string artifact_location;  // empty: the platform's own store
  std::vector<KeyValue> tags;
};

/// A named group of runs.
struct Experiment {
  ExperimentId id;
  std::string name;
  absl::Time created_at;
  absl::Time updated_at;
  bool is_deleted = false;
  std::string artifact_location;  // a URI, never empty
  std::vector<KeyValue> tags;     // by key
};

/// What lists show: the active, the deleted, or both.
enum class LifecycleView { kActive, kDeleted, kAll };

/// InvalidArgument unless 1 to 500 characters.
absl::Status CheckExperimentName(absl::string_view name);

/// Name, location and tags within the contract's bounds; sorts the tags.
absl::Status Normalise(NewExperiment& experiment);

/// "0" for an empty text; InvalidArgument for what is not a number of at most 18 digits.
absl::StatusOr<ExperimentId> ParseExperimentId(absl::string_view text);

/// Where an experiment's runs keep their artifacts when nobody said otherwise.
std::string DefaultArtifactLocation(const ExperimentId& id);

}  // namespace millwright::tracker
