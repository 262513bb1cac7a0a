#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"

namespace millwright::learn {

/// absl::StrCat that takes std::string_view too (Debian's Abseil has a string_view of its own).
template <typename... Parts>
std::string Cat(const Parts&... parts) {
  const auto part = []<typename T>(const T& value) -> decltype(auto) {
    if constexpr (std::is_same_v<T, std::string_view>) {
      return absl::string_view(value.data(), value.size());
    } else {
      return (value);
    }
  };
  return absl::StrCat(part(parts)...);
}

/// The texts with ", " between them.
template <typename Texts>
std::string Join(const Texts& texts) {
  std::string joined;
  for (const auto& text : texts) {
    if (!joined.empty()) joined += ", ";
    joined += text;
  }
  return joined;
}

/// The shortest text that reads back as the same number.
inline std::string Shortest(double value) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

}  // namespace millwright::learn
