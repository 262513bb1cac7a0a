#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millwright::learn {

bool IsAscii(std::string_view text);
/// Korean text of Windows (CP949, a superset of EUC-KR) as UTF-8; none when it is not that.
std::optional<std::string> Cp949ToUtf8(std::string_view text);

}  // namespace millwright::learn
