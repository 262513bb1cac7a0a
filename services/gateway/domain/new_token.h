#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace millwright::gateway {

/// A session or API token to be stored.
struct NewToken {
  std::string hash;  // auth::TokenHash of the secret
  std::string name;
  std::optional<absl::Time> expires_at;
};

}  // namespace millwright::gateway
