#include "tracker/domain/artifact.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/sha256.h"

namespace millwright::tracker {
namespace {

const char* FaultOf(absl::string_view path) {
  if (path.empty()) return "is empty";
  if (path.size() > 1000) return "is longer than 1000 bytes";
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

}  // namespace

absl::Status CheckArtifactPath(absl::string_view path) {
  const char* fault = FaultOf(path);
  if (fault == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("path: \"", absl::CHexEscape(path.substr(0, 200)), "\" ", fault, "; an artifact's path is like \"model/model.ubj\""));
}

absl::Status CheckSha256(absl::string_view field, absl::string_view text) {
  if (base::IsSha256Hex(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, ": \"", absl::CHexEscape(text.substr(0, 100)), "\" is not a SHA-256 (64 lower-case hex digits)"));
}

}  // namespace millwright::tracker
