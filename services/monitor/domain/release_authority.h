#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "monitor/domain/release.h"

namespace millwright::monitor {

/// What the registry made of a wish to roll back.
struct RollbackAnswer {
  enum class Kind {
    kRolledBack,  // now, or before by this monitor
    kNoPrevious,  // nothing to return to
    kSuperseded,  // something else is deployed by now
  };
  Kind kind = Kind::kRolledBack;
  int returned_version = 0;
  std::string message;
};

/// Who may change what is in Production: the registry. An error means: ask again.
class ReleaseAuthority {
 public:
  virtual ~ReleaseAuthority() = default;
  virtual absl::StatusOr<RollbackAnswer> RollBack(const Release& release) = 0;
};

}  // namespace millwright::monitor
