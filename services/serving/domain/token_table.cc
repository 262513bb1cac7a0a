#include "serving/domain/token_table.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/sha256.h"

namespace millwright::serving {
namespace {

constexpr std::size_t kMaxTokenBytes = 512;

}  // namespace

void TokenTable::Replace(Grants grants) { grants_.store(std::make_shared<const Grants>(std::move(grants))); }

absl::StatusOr<Grant> TokenTable::Authenticate(absl::string_view token) const {
  const std::shared_ptr<const Grants> grants = grants_.load();
  if (grants == nullptr) return absl::UnavailableError("the valid tokens are not known yet: waiting for the gateway");
  if (token.size() <= kMaxTokenBytes) {
    const auto found = grants->find(base::Sha256Hex(token));
    if (found != grants->end() && (!found->second.expires_at || *found->second.expires_at > clock_.Now())) return found->second;
  }
  return absl::UnauthenticatedError("the token is wrong, expired or revoked");
}

absl::StatusOr<std::string> TokenOf(absl::string_view authorization) {
  const absl::Status missing = absl::UnauthenticatedError("a token is needed: send the header \"Authorization: Bearer TOKEN\"");
  const std::size_t blank = authorization.find(' ');
  if (blank == absl::string_view::npos) return missing;
  const absl::string_view scheme = authorization.substr(0, blank);
  const absl::string_view rest = absl::StripAsciiWhitespace(authorization.substr(blank));
  if (absl::EqualsIgnoreCase(scheme, "bearer")) return std::string(rest);
  std::string pair;
  if (!absl::EqualsIgnoreCase(scheme, "basic") || !absl::Base64Unescape(rest, &pair)) return missing;
  const std::size_t colon = pair.find(':');
  if (colon == std::string::npos) return missing;
  return pair.substr(colon + 1);
}

absl::Status CheckMayPredict(const Grant& grant) {
  switch (grant.role) {
    case auth::Role::kViewer:
    case auth::Role::kEngineer:
    case auth::Role::kAdmin:
      return absl::OkStatus();
    default:
      return absl::PermissionDeniedError("this token may not ask for predictions: a role of viewer or more is needed");
  }
}

}  // namespace millwright::serving
