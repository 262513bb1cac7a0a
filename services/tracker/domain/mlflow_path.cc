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

// Control characters as escapes, and every byte that is no part of a character as the replacement character.
std::string Printable(absl::string_view text) {
  std::string printable;
  while (!text.empty()) {
    std::size_t size = 1;
    while (size < 4 && size < text.size() && !base::IsUtf8(text.substr(0, size))) ++size;
    const absl::string_view character = text.substr(0, size);
    if (!base::IsUtf8(character)) {
      printable += "\xef\xbf\xbd";
      text.remove_prefix(1);
      continue;
    }
    if (size == 1 && absl::ascii_iscntrl(static_cast<unsigned char>(character[0]))) {
      absl::StrAppend(&printable, "%", absl::Hex(static_cast<unsigned char>(character[0]), absl::kZeroPad2));
    } else {
      printable.append(character.data(), character.size());
    }
    text.remove_prefix(size);
  }
  return printable;
}

bool IsDriveOrFileUri(absl::string_view path) {
  const bool is_drive = path.size() > 1 && absl::ascii_isalpha(static_cast<unsigned char>(path[0])) && path[1] == ':' &&
                        (path.size() == 2 || path[2] == '/');
  return is_drive || absl::StartsWithIgnoreCase(path, "file:");
}

}  // namespace

absl::StatusOr<MlflowPath> ParseMlflowPath(absl::string_view text) {
  if (text.size() > kMaxBytes * 4) return Invalid();
  std::string decoded(text);
  int rounds = 0;
  for (std::string next = DecodeOnce(decoded); next != decoded; next = DecodeOnce(decoded)) {
    if (++rounds > kMaxRounds) return Invalid();
    decoded = std::move(next);
  }
  MlflowPath path{.given = Printable(decoded), .kept = ""};
  if (absl::StartsWith(path.given, "/") || absl::StrContains(path.given, '\\') || absl::StrContains(path.given, '#') ||
      IsDriveOrFileUri(path.given) || path.given.size() > kMaxBytes) {
    return Invalid();
  }
  std::vector<absl::string_view> parts;
  for (const absl::string_view part : absl::StrSplit(path.given, '/', absl::SkipEmpty())) {
    if (part == "..") return Invalid();
    if (part != ".") parts.push_back(part);
  }
  path.kept = absl::StrJoin(parts, "/");
  return path;
}

absl::StatusOr<std::string> ReadMlflowPath(absl::string_view text) {
  ASSIGN_OR_RETURN(MlflowPath path, ParseMlflowPath(text));
  return std::move(path.kept);
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
