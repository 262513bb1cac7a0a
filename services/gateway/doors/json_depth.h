#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace millwright::gateway {

/// Deepest nesting of objects and arrays in a request body.
inline constexpr int kMaxJsonDepth = 64;

/// InvalidArgument for JSON that nests deeper; to be asked before a parser builds anything.
absl::Status CheckJsonDepth(absl::string_view text);

}  // namespace millwright::gateway
