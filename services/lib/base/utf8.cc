#include "lib/base/utf8.h"

#include <algorithm>

namespace millwright::base {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

bool IsAsciiControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// Bytes of the character at the front, or 0 when it is not well-formed.
std::size_t CharacterSize(absl::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto is_next = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return is_next(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef)
    return is_next(1, lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf) && is_next(2) ? 3 : 0;
  if (lead >= 0xf0 && lead <= 0xf4)
    return is_next(1, lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf) && is_next(2) && is_next(3) ? 4 : 0;
  return 0;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const std::size_t size = CharacterSize(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::size_t CountCharacters(absl::string_view utf8) {
  return utf8.size() - static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), IsContinuation));
}

absl::string_view Utf8Prefix(absl::string_view utf8, std::size_t max_bytes) {
  if (utf8.size() <= max_bytes) return utf8;
  std::size_t end = max_bytes;
  while (end > 0 && IsContinuation(utf8[end])) --end;
  return utf8.substr(0, end);
}

std::string Utf8Excerpt(absl::string_view text, std::size_t max_bytes) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = CharacterSize(text);
    const std::size_t step = std::max<std::size_t>(size, 1);
    if (out.size() + step > max_bytes) break;
    if (size == 0 || IsAsciiControl(text[0])) {
      out += '?';
    } else {
      out.append(text.data(), size);
    }
    text.remove_prefix(step);
  }
  return out;
}

bool HasControlCharacter(absl::string_view utf8) {
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    if (IsAsciiControl(utf8[i])) return true;
    const bool is_c1 = utf8[i] == '\xc2' && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xa0;
    if (is_c1) return true;
  }
  return false;
}

}  // namespace millwright::base
