#include "gateway/doors/request_guard.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace millwright::gateway {
namespace {

std::string WithoutPort(const std::string& host) {
  if (absl::StartsWith(host, "[")) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool IsSafe(const std::string& method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

}  // namespace

absl::Status CheckHost(const std::string& host, const std::vector<std::string>& allowed) {
  const std::string name = absl::AsciiStrToLower(WithoutPort(host));
  if (name == "localhost" || name == "127.0.0.1" || name == "[::1]") return absl::OkStatus();
  if (!name.empty() && std::find(allowed.begin(), allowed.end(), name) != allowed.end()) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("host \"", name.substr(0, 128), "\" is not served here; doors.allowed_hosts names more hosts"));
}

absl::Status CheckSource(const RequestSource& source) {
  if (IsSafe(source.method)) return absl::OkStatus();
  if (!source.fetch_site.empty() && source.fetch_site != "same-origin" && source.fetch_site != "none") {
    return absl::PermissionDeniedError("the request comes from another site's page (Sec-Fetch-Site)");
  }
  if (!source.origin.empty()) {
    const std::size_t scheme = source.origin.find("://");
    const std::string origin_host = scheme == std::string::npos ? "" : source.origin.substr(scheme + 3);
    if (origin_host.empty() || !absl::EqualsIgnoreCase(origin_host, source.host)) {
      return absl::PermissionDeniedError("the request comes from another site's page (Origin)");
    }
  }
  if (source.has_cookie && source.origin.empty() && source.fetch_site.empty()) {
    return absl::PermissionDeniedError(
        "with a session cookie the request must say where it comes from (Origin); programs send an API token");
  }
  return absl::OkStatus();
}

absl::StatusOr<Credentials> ReadCredentials(const std::string& authorization, const std::string& cookie) {
  Credentials credentials;
  if (absl::StartsWithIgnoreCase(authorization, "bearer ")) {
    credentials.kind = Credentials::Kind::kToken;
    credentials.token = std::string(absl::StripAsciiWhitespace(authorization.substr(7)));
    return credentials;
  }
  if (absl::StartsWithIgnoreCase(authorization, "basic ")) {
    std::string pair;
    const bool is_base64 = absl::Base64Unescape(absl::StripAsciiWhitespace(authorization.substr(6)), &pair);
    const std::size_t colon = pair.find(':');
    if (!is_base64 || colon == std::string::npos)
      return absl::UnauthenticatedError("the Authorization header is not valid Basic authentication");
    credentials.kind = Credentials::Kind::kBasic;
    credentials.user_name = pair.substr(0, colon);
    credentials.password = pair.substr(colon + 1);
    return credentials;
  }
  if (!authorization.empty()) return absl::UnauthenticatedError("the Authorization header must be Bearer <token> or Basic");
  for (const absl::string_view part : absl::StrSplit(cookie, ';')) {
    const std::pair<absl::string_view, absl::string_view> entry =
        absl::StrSplit(absl::StripAsciiWhitespace(part), absl::MaxSplits('=', 1));
    if (entry.first != kSessionCookie || entry.second.empty()) continue;
    credentials.kind = Credentials::Kind::kToken;
    credentials.token = std::string(entry.second);
    credentials.is_cookie = true;
    return credentials;
  }
  return credentials;
}

std::string SessionCookie(const std::string& token, bool is_secure, int max_age_seconds) {
  return absl::StrCat(kSessionCookie, "=", token,
                      "; Path=/; HttpOnly; SameSite=Strict; Max-Age=", token.empty() ? 0 : max_age_seconds,
                      is_secure ? "; Secure" : "");
}

}  // namespace millwright::gateway
