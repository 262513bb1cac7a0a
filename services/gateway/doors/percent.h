#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/utf8.h"

namespace millwright::gateway {

/// Decodes %XX once; with `plus_is_space` as in query strings. InvalidArgument for a broken escape, a NUL or text that is not
/// UTF-8.
absl::StatusOr<std::string> PercentDecode(absl::string_view text, bool plus_is_space);

/// As PercentDecode of a query, with escapes that are none left as they stand: so Python's servers read them.
absl::StatusOr<std::string> PercentDecodeLeniently(absl::string_view text);

using base::IsUtf8;

}  // namespace millwright::gateway
