#pragma once

#include "absl/status/status.h"

namespace millwright::tracker {

/// Empties the tracker of every workspace, for tests of clients. Names of metrics stay, and blobs until they are collected.
class Reset {
 public:
  virtual ~Reset() = default;
  virtual absl::Status Run() = 0;
};

}  // namespace millwright::tracker
