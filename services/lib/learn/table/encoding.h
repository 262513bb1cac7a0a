#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millwright::learn {

bool IsAscii(std::string_view text);
/// Korean text of Windows (CP949, a superset of EUC-KR) as UTF-8; none when it is not that.
std::optional<std::string> Cp949ToUtf8(std::string_view text);
/// Whether bytes that are valid CP949 are also likely to be meant so: at least half of what is not ASCII are the usual syllables
/// and signs of KS X 1001. What Western European texts look like in CP949 (ö and ß as one Chinese character) is not.
bool LooksKorean(std::string_view text);
/// Western European text of Windows as UTF-8; none when it has one of the five bytes that mean nothing there.
std::optional<std::string> Windows1252ToUtf8(std::string_view text);

}  // namespace millwright::learn
