#include "lib/learn/korean.h"

#include <iconv.h>

#include <algorithm>

namespace millwright::learn {

namespace {

/// Bytes of the UTF-8 character at the front, or 0 when it is not well-formed.
std::size_t CharacterSize(std::string_view text) {
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

bool IsAscii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = CharacterSize(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::optional<std::string> Cp949ToUtf8(std::string_view text) {
  const iconv_t converter = iconv_open("UTF-8", "CP949");
  if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
  std::string input(text);
  std::string output(text.size() * 3, '\0');  // two bytes become at most three
  char* in = input.data();
  char* out = output.data();
  std::size_t in_left = input.size();
  std::size_t out_left = output.size();
  const bool is_done = iconv(converter, &in, &in_left, &out, &out_left) != static_cast<std::size_t>(-1);
  iconv_close(converter);
  if (!is_done) return std::nullopt;
  output.resize(output.size() - out_left);
  return output;
}

std::string ExcerptUtf8(std::string_view text, std::size_t max_bytes) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = CharacterSize(text);
    const std::size_t step = std::max<std::size_t>(size, 1);
    if (out.size() + step > max_bytes) break;
    const bool is_control = static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7f;
    if (size == 0 || is_control)
      out += '?';
    else
      out += text.substr(0, size);
    text.remove_prefix(step);
  }
  return out;
}

}  // namespace millwright::learn
