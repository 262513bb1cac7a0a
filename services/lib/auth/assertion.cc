#include "lib/auth/assertion.h"

#include <sodium.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "millwright/auth/v1/assertion.pb.h"

namespace millwright::auth {
namespace {

constexpr absl::Duration kLifetime = absl::Seconds(60);
// Clocks of two machines differ; an assertion may seem to come from this far in the future.
constexpr absl::Duration kClockSkew = absl::Seconds(10);

std::string Mac(const std::string& key, const std::string& message) {
  std::string mac(crypto_auth_BYTES, '\0');
  crypto_auth(reinterpret_cast<unsigned char*>(mac.data()), reinterpret_cast<const unsigned char*>(message.data()),
              message.size(), reinterpret_cast<const unsigned char*>(key.data()));
  return mac;
}

bool IsMac(const std::string& mac, const std::string& key, const std::string& message) {
  return mac.size() == crypto_auth_BYTES &&
         crypto_auth_verify(reinterpret_cast<const unsigned char*>(mac.data()),
                            reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                            reinterpret_cast<const unsigned char*>(key.data())) == 0;
}

}  // namespace

absl::StatusOr<Signer> Signer::Create(const std::string& key_hex, std::string issuer, const base::Clock& clock) {
  CHECK(sodium_init() >= 0);
  const bool is_hex = key_hex.size() == 64 && key_hex.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (!is_hex) return absl::InvalidArgumentError("the assertion key must be 64 hex digits");
  return Signer(absl::HexStringToBytes(key_hex), std::move(issuer), clock);
}

std::string Signer::Sign(const Caller& caller, const std::string& method) const {
  const absl::Time now = clock_->Now();
  millwright::auth::v1::Assertion assertion;
  assertion.set_issuer(issuer_);
  assertion.set_subject(caller.subject);
  assertion.set_role(static_cast<api::v1::Role>(caller.role));
  assertion.set_workspace_id(caller.workspace.value());
  assertion.set_is_service(caller.is_service);
  assertion.set_issued_at_ms(absl::ToUnixMillis(now));
  assertion.set_expires_at_ms(absl::ToUnixMillis(now + kLifetime));
  assertion.set_audience(method);
  millwright::auth::v1::SignedAssertion message;
  message.set_assertion(assertion.SerializeAsString());
  message.set_mac(Mac(key_, message.assertion()));
  return message.SerializeAsString();
}

Caller Signer::Self(base::WorkspaceId workspace) const {
  return {.subject = absl::StrCat("service:", issuer_), .workspace = std::move(workspace), .is_service = true};
}

absl::StatusOr<Caller> Signer::Verify(const std::string& signed_assertion, const std::string& method) const {
  millwright::auth::v1::SignedAssertion message;
  millwright::auth::v1::Assertion assertion;
  if (!message.ParseFromString(signed_assertion) || !IsMac(message.mac(), key_, message.assertion()) ||
      !assertion.ParseFromString(message.assertion())) {
    return absl::UnauthenticatedError("the caller's assertion is not valid");
  }
  const absl::Time now = clock_->Now();
  if (absl::FromUnixMillis(assertion.expires_at_ms()) < now ||
      absl::FromUnixMillis(assertion.issued_at_ms()) > now + kClockSkew) {
    return absl::UnauthenticatedError("the caller's assertion has expired");
  }
  if (assertion.audience() != method) return absl::UnauthenticatedError("the caller's assertion is for another method");
  return Caller{.subject = assertion.subject(),
                .role = static_cast<Role>(assertion.role()),
                .workspace = base::WorkspaceId(assertion.workspace_id()),
                .is_service = assertion.is_service()};
}

}  // namespace millwright::auth
