#include "serving/cache/token_file.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/files.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"

namespace millwright::serving {
namespace {

// First line, then a line a token (hash, role, expiry in ms or 0, workspace, subject, by tabs), then the digest of all before.
constexpr absl::string_view kHeader = "MWTOKENS1\n";

bool IsKnownRole(int role) { return role == 1 || role == 2 || role == 3 || role == 10; }

}  // namespace

absl::Status SaveTokens(const std::filesystem::path& path, const TokenTable::Grants& grants) {
  std::vector<std::string> lines;
  for (const auto& [hash, grant] : grants) {
    if (grant.subject.find_first_of("\n\t") != std::string::npos ||
        grant.workspace.value().find_first_of("\n\t") != std::string::npos)
      continue;
    lines.push_back(absl::StrCat(hash, "\t", static_cast<int>(grant.role), "\t",
                                 grant.expires_at ? absl::ToUnixMillis(*grant.expires_at) : 0, "\t", grant.workspace.value(),
                                 "\t", grant.subject, "\n"));
  }
  std::sort(lines.begin(), lines.end());
  std::string text(kHeader);
  for (const std::string& line : lines) text += line;
  text += base::Sha256Hex(text);
  return base::WriteFileAtomically(path, text, 0600);
}

absl::StatusOr<TokenTable::Grants> LoadTokens(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path));
  constexpr std::size_t kDigest = 64;
  if (text.size() < kHeader.size() + kDigest ||
      base::Sha256Hex(absl::string_view(text).substr(0, text.size() - kDigest)) != text.substr(text.size() - kDigest)) {
    return absl::DataLossError(absl::StrCat(path.string(), " is damaged"));
  }
  absl::string_view lines = absl::string_view(text).substr(0, text.size() - kDigest);
  if (!absl::ConsumePrefix(&lines, kHeader))
    return absl::InvalidArgumentError(absl::StrCat(path.string(), " has an unknown form"));
  TokenTable::Grants grants;
  for (const absl::string_view line : absl::StrSplit(lines, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> parts = absl::StrSplit(line, '\t');
    int role = 0;
    std::int64_t expires_at_ms = 0;
    if (parts.size() != 5 || !absl::SimpleAtoi(parts[1], &role) || !IsKnownRole(role) ||
        !absl::SimpleAtoi(parts[2], &expires_at_ms)) {
      return absl::InvalidArgumentError(absl::StrCat(path.string(), " has an unknown form"));
    }
    Grant grant{.subject = parts[4], .role = static_cast<auth::Role>(role), .workspace = base::WorkspaceId(parts[3])};
    if (expires_at_ms > 0) grant.expires_at = absl::FromUnixMillis(expires_at_ms);
    grants.emplace(parts[0], std::move(grant));
  }
  return grants;
}

}  // namespace millwright::serving
