#include "gateway/doors/json_depth.h"

#include "absl/strings/str_cat.h"

namespace millwright::gateway {

absl::Status CheckJsonDepth(absl::string_view text) {
  int depth = 0;
  bool is_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_text) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        is_text = false;
      }
    } else if (c == '"') {
      is_text = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxJsonDepth)
        return absl::InvalidArgumentError(absl::StrCat("the body nests deeper than ", kMaxJsonDepth, " levels"));
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return absl::OkStatus();
}

}  // namespace millwright::gateway
