#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace millwright::base {

/// Well-formed UTF-8, without surrogates or overlong forms.
bool IsUtf8(absl::string_view text);
/// The characters of a text that is UTF-8.
std::size_t CountCharacters(absl::string_view utf8);
/// The beginning of a text that is UTF-8: its whole characters within `max_bytes`.
absl::string_view Utf8Prefix(absl::string_view utf8, std::size_t max_bytes);
/// At most `max_bytes` of any bytes as one line for a message; what is not UTF-8 or not printable becomes '?'.
std::string Utf8Excerpt(absl::string_view text, std::size_t max_bytes);
/// Whether the text holds a control character: below space, or DEL, or one of U+0080 to U+009F.
bool HasControlCharacter(absl::string_view utf8);

}  // namespace millwright::base
