#pragma once

#include "absl/status/status.h"

namespace millwright::registry {

/// Empties the registry of every workspace, for tests. Revisions go on: watchers hear that nothing serves any more.
class Reset {
 public:
  virtual ~Reset() = default;
  virtual absl::Status Run() = 0;
};

}  // namespace millwright::registry
