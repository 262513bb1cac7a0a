#include "lib/learn/table/encoding.h"

#include <iconv.h>

#include <algorithm>

namespace millwright::learn {

bool IsAscii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

namespace {

std::optional<std::string> ToUtf8(std::string_view text, const char* encoding) {
  const iconv_t converter = iconv_open("UTF-8", encoding);
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

}  // namespace

std::optional<std::string> Cp949ToUtf8(std::string_view text) { return ToUtf8(text, "CP949"); }

std::optional<std::string> Windows1252ToUtf8(std::string_view text) { return ToUtf8(text, "WINDOWS-1252"); }

bool LooksKorean(std::string_view text) {
  if (!Cp949ToUtf8(text)) return false;
  std::size_t usual = 0;
  std::size_t others = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) continue;
    const unsigned char trail = ++i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
    const bool is_usual = trail >= 0xA1 && ((lead >= 0xB0 && lead <= 0xC8) || (lead >= 0xA1 && lead <= 0xAC));
    ++(is_usual ? usual : others);
  }
  return usual >= others;
}

}  // namespace millwright::learn
