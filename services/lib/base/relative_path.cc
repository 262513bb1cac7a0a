#include "lib/base/relative_path.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace millwright::base {

const char* RelativePathFault(absl::string_view path) {
  if (path.empty()) return "is empty";
  if (path.size() > kMaxRelativePath) return "is longer than 1000 bytes";
  if (path.front() == '/') return "is absolute";
  for (const char c : path) {
    if (c == '\\') return "has a backslash";
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return "has a control character";
  }
  const std::string lower = absl::AsciiStrToLower(path);
  for (const char* escape : {"%2e", "%2f", "%5c", "%25", "%00"}) {
    if (absl::StrContains(lower, escape)) return "has a percent-escape of a dot, slash, backslash, percent or NUL";
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '/');
  if (absl::StrContains(parts.front(), ':')) return "begins with a scheme or drive";
  for (const absl::string_view part : parts) {
    if (part.empty()) return "has an empty part";
    if (part == "." || part == "..") return "has a part \".\" or \"..\"";
  }
  return nullptr;
}

}  // namespace millwright::base
