#include "gateway/doors/doorkeeper.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/rpc/identity_services.h"
#include "lib/auth/access_rule.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/log.h"

namespace millwright::gateway {
namespace {

constexpr char kAnonymous[] = "anonymous";
// Where attempts to sign in are audited: they belong to no workspace yet.
constexpr char kDefaultWorkspace[] = "1";

}  // namespace

absl::StatusOr<Visit> Doorkeeper::Admit(const Method& method, const Identity* identity, const std::string& request_id,
                                        const std::string& client_address) {
  Visit visit{.method = &method, .caller = {.subject = kAnonymous, .request_id = request_id}, .client_address = client_address};
  if (identity != nullptr) {
    visit.caller.subject = identity->subject;
    visit.caller.role = identity->role;
    visit.caller.workspace = identity->workspace;
    visit.token_id = identity->token_id;
  }
  RETURN_IF_ERROR(auth::CheckAccess(method.rule, identity == nullptr ? nullptr : &visit.caller));
  if (method.session == api::v1::SESSION_START && !failed_sign_ins_.MayTry(client_address)) {
    return absl::ResourceExhaustedError("too many failed sign-ins from this address; wait a minute and try again");
  }
  return visit;
}

absl::Status Doorkeeper::Begin(Visit& visit, const std::string& resource) {
  if (!visit.method->is_audited) return absl::OkStatus();
  // The audit log could not store it.
  if (resource.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat("field ", visit.method->rule.resource(), ": holds a NUL character"));
  }
  const base::WorkspaceId workspace =
      visit.caller.workspace.empty() ? base::WorkspaceId(kDefaultWorkspace) : visit.caller.workspace;
  const absl::StatusOr<std::int64_t> id = audit_.Begin({.at = clock_.Now(),
                                                        .workspace = workspace,
                                                        .subject = visit.caller.subject,
                                                        .action = visit.method->rule.action(),
                                                        .resource = resource,
                                                        .method = visit.method->descriptor->full_name(),
                                                        .request_id = visit.caller.request_id,
                                                        .client_address = visit.client_address,
                                                        .outcome = ""});
  if (!id.ok())
    return absl::UnavailableError(
        absl::StrCat("the audit log cannot be written now, so nothing was done: ", id.status().message()));
  visit.audit_id = *id;
  return absl::OkStatus();
}

void Doorkeeper::Prepare(grpc::ClientContext& context, const Visit& visit) const {
  context.AddMetadata(auth::kAssertionKey, signer_.Sign(visit.caller, visit.method->path));
  context.AddMetadata(auth::kRequestIdKey, visit.caller.request_id);
  if (visit.token_id != 0) context.AddMetadata(kTokenIdKey, absl::StrCat(visit.token_id));
}

void Doorkeeper::End(const Visit& visit, grpc::StatusCode outcome) {
  if (visit.method->session == api::v1::SESSION_START && outcome == grpc::StatusCode::UNAUTHENTICATED) {
    failed_sign_ins_.CountFailure(visit.client_address);
  }
  if (visit.audit_id == 0) return;
  const absl::Status status = audit_.End(visit.audit_id, CodeName(outcome), clock_.Now());
  if (!status.ok()) {
    // The entry stays "started", which says just that: what came of it is not known.
    rpc::LogError("audit outcome not written",
                  {{"audit_id", visit.audit_id}, {"outcome", CodeName(outcome)}, {"error", std::string(status.message())}});
  }
}

std::string RequestIdOr(const std::string& sent) {
  const bool is_usable = !sent.empty() && sent.size() <= 64 && std::all_of(sent.begin(), sent.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-';
  });
  return is_usable ? sent : base::RandomHex(8);
}

std::string CodeName(grpc::StatusCode code) { return absl::StatusCodeToString(static_cast<absl::StatusCode>(code)); }

}  // namespace millwright::gateway
