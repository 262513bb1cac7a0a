#include "gateway/doors/percent.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/utf8.h"

namespace millwright::gateway {
namespace {

bool IsEscape(absl::string_view text) {
  return text.size() >= 3 && absl::ascii_isxdigit(static_cast<unsigned char>(text[1])) &&
         absl::ascii_isxdigit(static_cast<unsigned char>(text[2]));
}

absl::StatusOr<std::string> Decode(absl::string_view text, bool plus_is_space, bool keeps_broken) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && IsEscape(text.substr(i))) {
      out += absl::HexStringToBytes(text.substr(i + 1, 2));
      i += 2;
    } else if (text[i] == '%' && !keeps_broken) {
      return absl::InvalidArgumentError("the URL holds a broken percent escape");
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
    if (out.back() == '\0') return absl::InvalidArgumentError("the URL holds a NUL character");
  }
  if (!base::IsUtf8(out)) return absl::InvalidArgumentError("the URL is not UTF-8");
  return out;
}

}  // namespace

absl::StatusOr<std::string> PercentDecode(absl::string_view text, bool plus_is_space) {
  return Decode(text, plus_is_space, /*keeps_broken=*/false);
}

absl::StatusOr<std::string> PercentDecodeLeniently(absl::string_view text) {
  return Decode(text, /*plus_is_space=*/true, /*keeps_broken=*/true);
}

}  // namespace millwright::gateway
