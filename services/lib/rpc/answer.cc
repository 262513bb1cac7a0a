#include "lib/rpc/answer.h"

#include <algorithm>
#include <exception>

#include "absl/container/node_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/descriptor.h"
#include "lib/auth/access_rule.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/call_registry.h"
#include "lib/rpc/log.h"
#include "lib/rpc/metrics.h"
#include "lib/rpc/status.h"

namespace millwright::rpc {
namespace {

std::string Metadata(const grpc::ServerContext& context, const char* key) {
  const auto it = context.client_metadata().find(key);
  return it == context.client_metadata().end() ? "" : std::string(it->second.data(), it->second.size());
}

// The rule of "/package.Service/Method", read from the descriptors once.
const absl::StatusOr<api::v1::AccessRule>& RuleOfMethod(const std::string& method) {
  static auto* mutex = new absl::Mutex;
  static auto* rules = new absl::node_hash_map<std::string, absl::StatusOr<api::v1::AccessRule>>;
  absl::MutexLock lock(mutex);
  auto it = rules->find(method);
  if (it == rules->end()) {
    const std::string name = absl::StrReplaceAll(method.substr(method.empty() ? 0 : 1), {{"/", "."}});
    const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
    it = rules
             ->emplace(method, descriptor == nullptr
                                   ? absl::StatusOr<api::v1::AccessRule>(absl::UnauthenticatedError("unknown method"))
                                   : auth::RuleOf(*descriptor))
             .first;
  }
  return it->second;
}

absl::StatusOr<auth::Caller> Identify(const grpc::ServerContext& context, const CallInfo& info, const std::string& request_id) {
  const absl::StatusOr<api::v1::AccessRule>& rule = RuleOfMethod(info.method);
  RETURN_IF_ERROR(rule.status());
  const std::string assertion = Metadata(context, auth::kAssertionKey);
  // Even a public RPC is reached through the gateway only, which then signs for a caller without a name.
  if (assertion.empty()) return absl::UnauthenticatedError("the call carries no assertion");
  ASSIGN_OR_RETURN(auth::Caller caller, info.signer->Verify(assertion, info.method));
  RETURN_IF_ERROR(auth::CheckAccess(*rule, &caller));
  caller.request_id = request_id;
  return caller;
}

absl::Status RunBody(const std::function<absl::Status(const auth::Caller&)>& body, const auth::Caller& caller) {
  try {
    return body(caller);
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("unexpected: ", error.what()));
  }
}

}  // namespace

grpc::Status Answer(grpc::ServerContext& context, const std::function<absl::Status(const auth::Caller&)>& body) {
  const absl::Time start = absl::Now();
  const std::optional<CallInfo> info = InfoOf(context);
  if (!info) return ToGrpc(absl::UnauthenticatedError("this server does not identify callers"));
  std::string request_id = Metadata(context, auth::kRequestIdKey);
  if (request_id.empty() || request_id.size() > 64) request_id = base::RandomHex(8);

  const absl::StatusOr<auth::Caller> caller = Identify(context, *info, request_id);
  const absl::Status status = caller.ok() ? RunBody(body, *caller) : caller.status();

  const absl::Duration latency = absl::Now() - start;
  CountCall(info->method, status.code(), latency);
  if (status.ok()) return grpc::Status::OK;
  if (const std::string code = ErrorCodeOf(status); !code.empty()) context.AddTrailingMetadata(kErrorCodeKey, code);
  const nlohmann::json fields{{"method", info->method},
                              {"code", absl::StatusCodeToString(status.code())},
                              {"ms", absl::ToDoubleMilliseconds(latency)},
                              {"subject", caller.ok() ? caller->subject : ""},
                              {"request_id", request_id},
                              {"error", std::string(status.message())}};
  if (status.code() == absl::StatusCode::kInternal || status.code() == absl::StatusCode::kDataLoss ||
      status.code() == absl::StatusCode::kUnknown) {
    LogError("call failed", fields);
  } else if (status.code() != absl::StatusCode::kCancelled) {
    LogWarning("call refused", fields);
  }
  return ToGrpc(status);
}

absl::Duration TimeLeft(const grpc::ServerContext& context, absl::Duration cap) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return cap;
  return std::clamp(absl::FromChrono(deadline) - absl::Now(), absl::ZeroDuration(), cap);
}

}  // namespace millwright::rpc
