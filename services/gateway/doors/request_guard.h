#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace millwright::gateway {

/// Whether a Host header names this machine or a configured name; keeps a foreign page from reaching the door under a name of
/// its own (DNS rebinding). PermissionDenied says which key allows it.
absl::Status CheckHost(const std::string& host, const std::vector<std::string>& allowed);

/// What a browser says about where a request comes from; empty: header not sent.
struct RequestSource {
  std::string method;
  std::string host;
  std::string origin;
  std::string fetch_site;
  bool has_cookie = false;  // the session cookie, which browsers send by themselves
};

/// PermissionDenied for a request that changes something and comes from another site's page, or that carries the session cookie
/// and does not say where it comes from.
absl::Status CheckSource(const RequestSource& source);

/// Who a request claims to be from, by its headers.
struct Credentials {
  enum class Kind { kNone, kToken, kBasic };
  Kind kind = Kind::kNone;
  std::string token;
  std::string user_name;
  std::string password;
  bool is_cookie = false;
};

/// The Authorization header (Bearer or Basic) wins over the session cookie. Unauthenticated for a header that does not read.
absl::StatusOr<Credentials> ReadCredentials(const std::string& authorization, const std::string& cookie);

inline constexpr char kSessionCookie[] = "millwright_session";
/// The Set-Cookie value that starts a session, or ends it when `token` is empty.
std::string SessionCookie(const std::string& token, bool is_secure, int max_age_seconds);

}  // namespace millwright::gateway
