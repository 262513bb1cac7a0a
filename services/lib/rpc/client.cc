#include "lib/rpc/client.h"

#include <grpcpp/support/client_interceptor.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "millwright/auth/v1/assertion.pb.h"

namespace millwright::rpc {
namespace {

constexpr char kCallerKey[] = "millwright-sign-for-bin";  // never leaves the process: replaced by the assertion

std::string EncodeCaller(const auth::Caller& caller) {
  millwright::auth::v1::Assertion assertion;
  assertion.set_subject(caller.subject);
  assertion.set_role(static_cast<api::v1::Role>(caller.role));
  assertion.set_workspace_id(caller.workspace.value());
  assertion.set_is_service(caller.is_service);
  return assertion.SerializeAsString();
}

// A caller without any rights when the text is not one of EncodeCaller's.
auth::Caller DecodeCaller(const std::string& text) {
  millwright::auth::v1::Assertion assertion;
  if (!assertion.ParseFromString(text)) return {};
  return {.subject = assertion.subject(),
          .role = static_cast<auth::Role>(assertion.role()),
          .workspace = base::WorkspaceId(assertion.workspace_id()),
          .is_service = assertion.is_service()};
}

// Signs every call as it leaves.
class Signing : public grpc::experimental::Interceptor {
 public:
  Signing(const auth::Signer& signer, const auth::Caller& caller, std::string method)
      : signer_(signer), caller_(caller), method_(std::move(method)) {}
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(grpc::experimental::InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      auto* metadata = methods->GetSendInitialMetadata();
      const auto caller = metadata->find(kCallerKey);
      const std::string assertion = signer_.Sign(caller == metadata->end() ? caller_ : DecodeCaller(caller->second), method_);
      metadata->erase(kCallerKey);
      metadata->insert({auth::kAssertionKey, assertion});
    }
    methods->Proceed();
  }

 private:
  const auth::Signer& signer_;
  const auth::Caller& caller_;
  std::string method_;
};

class SigningFactory : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  SigningFactory(const auth::Signer& signer, auth::Caller caller) : signer_(signer), caller_(std::move(caller)) {}
  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo* info) override {
    return new Signing(signer_, caller_, info->method());
  }

 private:
  const auth::Signer& signer_;
  auth::Caller caller_;
};

class WithToken : public grpc::experimental::Interceptor {
 public:
  explicit WithToken(std::string token) : token_(std::move(token)) {}
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(grpc::experimental::InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->insert({"authorization", absl::StrCat("Bearer ", token_)});
    }
    methods->Proceed();
  }

 private:
  std::string token_;
};

class WithTokenFactory : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit WithTokenFactory(std::string token) : token_(std::move(token)) {}
  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo*) override {
    return new WithToken(token_);
  }

 private:
  std::string token_;
};

std::shared_ptr<grpc::Channel> ConnectWith(const std::string& address,
                                           std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface> factory) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 << 20);
  arguments.SetMaxSendMessageSize(64 << 20);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // A peer that hangs without closing its connection is noticed within 15 s.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
  // Peers on one machine never go through a proxy of the environment.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> factories;
  factories.push_back(std::move(factory));
  return grpc::experimental::CreateCustomChannelWithInterceptors(address, grpc::InsecureChannelCredentials(), arguments,
                                                                 std::move(factories));
}

}  // namespace

std::shared_ptr<grpc::Channel> Connect(const std::string& address, const auth::Signer& signer) {
  return ConnectAs(address, signer, signer.Self());
}

std::shared_ptr<grpc::Channel> ConnectAs(const std::string& address, const auth::Signer& signer, const auth::Caller& caller) {
  return ConnectWith(address, std::make_unique<SigningFactory>(signer, caller));
}

std::shared_ptr<grpc::Channel> ConnectWithToken(const std::string& address, const std::string& token) {
  return ConnectWith(address, std::make_unique<WithTokenFactory>(token));
}

void Prepare(grpc::ClientContext& context, absl::Duration timeout, const std::string& request_id) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  if (!request_id.empty()) context.AddMetadata(auth::kRequestIdKey, request_id);
}

void PrepareFor(grpc::ClientContext& context, absl::Duration timeout, const auth::Caller& caller) {
  Prepare(context, timeout, caller.request_id);
  context.AddMetadata(kCallerKey, EncodeCaller(caller));
}

}  // namespace millwright::rpc
