#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace millwright::learn {

bool IsAscii(std::string_view text);
/// Well-formed UTF-8 without surrogates or overlong forms.
bool IsUtf8(std::string_view text);
/// Korean text of Windows (CP949, a superset of EUC-KR) as UTF-8; none when it is not that.
std::optional<std::string> Cp949ToUtf8(std::string_view text);
/// At most `max_bytes` of the text as UTF-8 for a message; what is not UTF-8 or not printable becomes '?'.
std::string ExcerptUtf8(std::string_view text, std::size_t max_bytes);

}  // namespace millwright::learn
