#include "lib/learn/table/korean.h"

#include <iconv.h>

#include <algorithm>

namespace millwright::learn {

bool IsAscii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
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

}  // namespace millwright::learn
