#include "gateway/doors/percent.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/utf8.h"

namespace millwright::gateway {

absl::StatusOr<std::string> PercentDecode(absl::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 1])) ||
          !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 2]))) {
        return absl::InvalidArgumentError("the URL holds a broken percent escape");
      }
      out += absl::HexStringToBytes(text.substr(i + 1, 2));
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
    if (out.back() == '\0') return absl::InvalidArgumentError("the URL holds a NUL character");
  }
  if (!base::IsUtf8(out)) return absl::InvalidArgumentError("the URL is not UTF-8");
  return out;
}

}  // namespace millwright::gateway
