#pragma once

#include <grpcpp/client_context.h>

#include <string>

#include "absl/status/status.h"
#include "gateway/domain/audit_log.h"
#include "gateway/domain/failure_limiter.h"
#include "gateway/doors/method_table.h"
#include "lib/auth/assertion.h"
#include "lib/base/clock.h"

namespace millwright::gateway {

/// One call at a door, once its caller is known.
struct Visit {
  const Method* method = nullptr;
  auth::Caller caller;         // with the request id
  std::int64_t token_id = 0;   // 0: none
  std::string client_address;  // without the port
  std::int64_t audit_id = 0;   // 0: not audited
};

/// What both doors do before and after they forward a call. Thread-safe.
class Doorkeeper {
 public:
  Doorkeeper(AuditLog& audit, const auth::Signer& signer, const base::Clock& clock)
      : audit_(audit), signer_(signer), clock_(clock), failed_sign_ins_(20, absl::Seconds(15), clock) {}

  /// Whether the caller (null: anonymous) may make the call: the RPC's access rule, and for sign-ins the number of failed ones
  /// from this address. Never blocks.
  absl::StatusOr<Visit> Admit(const Method& method, const Identity* identity, const std::string& request_id,
                              const std::string& client_address);
  /// Whether this address may try another password.
  bool MayTryPassword(const std::string& client_address) { return failed_sign_ins_.MayTry(client_address); }
  void CountFailedPassword(const std::string& client_address) { failed_sign_ins_.CountFailure(client_address); }

  /// Writes the intent of an audited call; Unavailable when it cannot be written, as nothing happens unaudited. Blocks.
  absl::Status Begin(Visit& visit, const std::string& resource);
  /// Signs the outgoing call for the caller.
  void Prepare(grpc::ClientContext& context, const Visit& visit) const;
  /// Writes the outcome. Blocks when the call is audited.
  void End(const Visit& visit, grpc::StatusCode outcome);

 private:
  AuditLog& audit_;
  const auth::Signer& signer_;
  const base::Clock& clock_;
  FailureLimiter failed_sign_ins_;
};

/// The request id a client sent, or a new one when it sent none or not 1 to 64 of letters, digits, _ . -
std::string RequestIdOr(const std::string& sent);

/// "NOT_FOUND" for a gRPC code.
std::string CodeName(grpc::StatusCode code);

}  // namespace millwright::gateway
