#include "tracker/domain/mlflow_path.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"

namespace millwright::tracker {
namespace {

constexpr std::size_t kMaxBytes = 2000;
constexpr int kMaxRounds = 10;
constexpr char kScheme[] = "mlflow-artifacts:";

absl::Status Invalid() { return absl::InvalidArgumentError("Invalid path"); }

bool IsHex(char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); }

// Escapes that are none stay as they are.
std::string DecodeOnce(absl::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && IsHex(text[i + 1]) && IsHex(text[i + 2])) {
      decoded += absl::HexStringToBytes(text.substr(i + 1, 2));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

bool IsDriveOrFileUri(absl::string_view path) {
  const bool is_drive = path.size() > 1 && absl::ascii_isalpha(static_cast<unsigned char>(path[0])) && path[1] == ':' &&
                        (path.size() == 2 || path[2] == '/');
  return is_drive || absl::StartsWithIgnoreCase(path, "file:");
}

}  // namespace

absl::StatusOr<std::string> ReadMlflowPath(absl::string_view text) {
  if (text.size() > kMaxBytes * 4) return Invalid();
  std::string path(text);
  int rounds = 0;
  for (std::string next = DecodeOnce(path); next != path; next = DecodeOnce(path)) {
    if (++rounds > kMaxRounds) return Invalid();
    path = std::move(next);
  }
  if (absl::StartsWith(path, "/") || absl::StrContains(path, '\\') || absl::StrContains(path, '#') || IsDriveOrFileUri(path) ||
      path.find('\0') != std::string::npos || !base::IsUtf8(path)) {
    return Invalid();
  }
  std::vector<absl::string_view> parts;
  for (const absl::string_view part : absl::StrSplit(path, '/', absl::SkipEmpty())) {
    if (part == "..") return Invalid();
    if (part != ".") parts.push_back(part);
  }
  std::string clean;
  for (const char c : absl::StrJoin(parts, "/")) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      absl::StrAppend(&clean, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    } else {
      clean += c;
    }
  }
  if (clean.size() > kMaxBytes) return Invalid();
  return clean;
}

absl::StatusOr<std::string> PathOfLocation(absl::string_view location) {
  if (!absl::ConsumePrefix(&location, kScheme))
    return absl::NotFoundError(absl::StrCat("\"", location, "\" is not a place in this server's artifact store"));
  // "mlflow-artifacts://host:port/path" names a server; which one is not ours to check.
  if (absl::ConsumePrefix(&location, "//")) {
    const std::size_t slash = location.find('/');
    location.remove_prefix(slash == absl::string_view::npos ? location.size() : slash);
  }
  while (absl::ConsumePrefix(&location, "/")) {
  }
  return ReadMlflowPath(location);
}

absl::StatusOr<ArtifactLocation> ReadLocation(absl::string_view location) {
  absl::string_view rest = location;
  ArtifactLocation result;
  if (absl::ConsumePrefix(&rest, "runs:/")) {
    result.root.kind = ArtifactRoot::Kind::kRun;
  } else if (absl::ConsumePrefix(&rest, "models:/") && absl::StartsWith(rest, "m-")) {
    result.root.kind = ArtifactRoot::Kind::kLoggedModel;
  } else {
    ASSIGN_OR_RETURN(result.path, PathOfLocation(location));
    return result;
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  result.root.id = std::string(rest.substr(0, slash));
  ASSIGN_OR_RETURN(result.path, ReadMlflowPath(rest.substr(std::min(slash + 1, rest.size()))));
  return result;
}

}  // namespace millwright::tracker
