#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model-registry/domain/tracker.h"

namespace millwright::registry {

/// Blobs of a deleted version that the tracker still keeps.
struct ReleasedPin {
  base::WorkspaceId workspace;
  std::string owner;
};

/// The pins that deletions left behind.
class ReleasedPinStore {
 public:
  virtual ~ReleasedPinStore() = default;
  virtual absl::StatusOr<std::vector<ReleasedPin>> List(int limit) = 0;
  virtual absl::Status Drop(const std::string& owner) = 0;
};

/// Tells the tracker which blobs no version needs any more. What could not be told is told the next time.
absl::Status SweepPins(ReleasedPinStore& store, Tracker& tracker);

}  // namespace millwright::registry
