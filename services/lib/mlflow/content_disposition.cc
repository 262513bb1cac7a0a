#include "lib/mlflow/content_disposition.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace millwright::mlflow {
namespace {

bool IsTokenCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::string_view("!#$%&'*+-.^_`|~").find(c) != absl::string_view::npos;
}

// A token as it is, anything else as a quoted string.
std::string Quoted(absl::string_view text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), IsTokenCharacter)) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += absl::ascii_isprint(static_cast<unsigned char>(c)) ? c : '_';
  }
  return quoted + "\"";
}

std::string PercentEncoded(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
        absl::string_view("!#$&+-.^_`|~").find(c) != absl::string_view::npos) {
      encoded += c;
    } else {
      absl::StrAppend(&encoded, "%",
                      absl::AsciiStrToUpper(absl::StrCat(absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2))));
    }
  }
  return encoded;
}

}  // namespace

std::string AttachmentNamed(absl::string_view path) {
  const absl::string_view name = path.substr(path.rfind('/') + 1);
  std::string ascii;
  for (const char c : name) {
    if (absl::ascii_isascii(static_cast<unsigned char>(c))) ascii += c;
  }
  if (ascii.size() == name.size() && !name.empty()) return absl::StrCat("attachment; filename=", Quoted(name));
  return absl::StrCat("attachment; filename=", Quoted(ascii.empty() ? "download" : ascii), "; filename*=UTF-8''",
                      PercentEncoded(name));
}

}  // namespace millwright::mlflow
