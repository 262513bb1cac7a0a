#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace millwright::base {

inline constexpr std::size_t kMaxRelativePath = 1000;  // bytes

/// What keeps a path that a caller names from being a plain relative one ("is absolute"), or nullptr when nothing does:
/// '/'-separated, normalised, without escapes, control characters, backslashes or a scheme, so that no later reader finds its way
/// out with it.
const char* RelativePathFault(absl::string_view path);

}  // namespace millwright::base
