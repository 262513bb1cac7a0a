#include "model-registry/rpc/mlflow_uri.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/mlflow/text.h"

namespace millwright::registry {
namespace {

constexpr std::array<absl::string_view, 10> kHostSchemes = {"ftp", "sftp", "hdfs", "viewfs", "http", "https", "mlflow-artifacts",
                                                            "r2",  "b2",   "abfss"};

bool IsSchemeCharacter(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '-' || c == '.'; }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string UnquotedOnce(const std::string& text, bool plus) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 && HexDigit(text[i + 2]) >= 0) {
      result += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      result += plus && text[i] == '+' ? ' ' : text[i];
    }
  }
  return result;
}

std::vector<std::string> PathParts(const std::string& path) {
  std::vector<std::string> parts;
  for (const absl::string_view part : absl::StrSplit(path, '/', absl::SkipEmpty()))
    parts.push_back(Unquoted(std::string(part), /*plus=*/false));
  return parts;
}

}  // namespace

MlflowUri SplitUri(absl::string_view uri) {
  MlflowUri parts;
  const std::size_t colon = uri.find(':');
  const bool has_scheme = colon != absl::string_view::npos && colon > 0 &&
                          absl::ascii_isalpha(static_cast<unsigned char>(uri[0])) &&
                          std::all_of(uri.begin(), uri.begin() + static_cast<std::ptrdiff_t>(colon), IsSchemeCharacter);
  if (has_scheme) {
    parts.scheme = absl::AsciiStrToLower(uri.substr(0, colon));
    uri.remove_prefix(colon + 1);
  }
  if (absl::ConsumePrefix(&uri, "//")) {
    const std::size_t end = std::min(uri.find_first_of("/?#"), uri.size());
    parts.authority = std::string(uri.substr(0, end));
    uri.remove_prefix(end);
  }
  parts.path = std::string(uri.substr(0, uri.find_first_of("?#")));
  return parts;
}

std::string Unquoted(std::string text, bool plus) {
  for (int round = 0; round < 10; ++round) {
    std::string next = UnquotedOnce(text, plus);
    if (next == text) break;
    text = std::move(next);
  }
  return text;
}

std::optional<ModelUri> ParseModelUri(absl::string_view uri) {
  const MlflowUri parts = SplitUri(uri);
  absl::string_view path = parts.path;
  if (parts.scheme != "models" || !absl::StartsWith(path, "/") || path.size() <= 1) return std::nullopt;
  while (absl::ConsumePrefix(&path, "/")) {
  }
  const std::vector<std::string> names = absl::StrSplit(path, '/');
  if (names.size() > 2 || absl::StripAsciiWhitespace(names[0]).empty()) return std::nullopt;
  ModelUri model;
  if (names.size() == 2) {
    const std::string& suffix = names[1];
    if (absl::StripAsciiWhitespace(suffix).empty()) return std::nullopt;
    model.name = names[0];
    if (std::all_of(suffix.begin(), suffix.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      model.version = suffix;
    } else if (absl::AsciiStrToLower(suffix) != "latest") {
      model.stage = suffix;
    }
    return model;
  }
  const std::size_t at = names[0].rfind('@');
  if (at == std::string::npos) {
    model.model_id = names[0];
    return model;
  }
  model.name = names[0].substr(0, at);
  model.alias = names[0].substr(at + 1);
  if (absl::StripAsciiWhitespace(model.alias).empty()) return std::nullopt;
  return model;
}

std::optional<std::string> HostScheme(const MlflowUri& uri) {
  if (std::find(kHostSchemes.begin(), kHostSchemes.end(), uri.scheme) == kHostSchemes.end()) return std::nullopt;
  if (uri.scheme == "mlflow-artifacts" && uri.authority.empty()) return std::nullopt;  // the server's own store
  return uri.scheme;
}

bool IsWithin(absl::string_view uri, absl::string_view root) {
  const MlflowUri a = SplitUri(uri), b = SplitUri(root);
  const std::vector<std::string> parts = PathParts(a.path), root_parts = PathParts(b.path);
  return a.scheme == b.scheme && absl::AsciiStrToLower(a.authority) == absl::AsciiStrToLower(b.authority) &&
         !root_parts.empty() && parts.size() >= root_parts.size() &&
         std::equal(root_parts.begin(), root_parts.end(), parts.begin());
}

bool IsPlain(absl::string_view uri) {
  const std::string decoded = Unquoted(std::string(uri), /*plus=*/true);
  for (const absl::string_view part : absl::StrSplit(decoded, '/')) {
    if (part == "..") return false;
  }
  const MlflowUri parts = SplitUri(decoded);
  std::string path;
  for (const char c : absl::StripSuffix(parts.path, "/")) {
    if (c == '\0') return false;
    if (c != '/' || path.empty() || path.back() != '/') path += c;
  }
  while (absl::EndsWith(path, "/")) path.pop_back();
  return absl::StartsWith(path, "/") && mlflow::NormalPath(path) == path;
}

}  // namespace millwright::registry
