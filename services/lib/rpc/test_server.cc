#include "lib/rpc/test_server.h"

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/random.h"
#include "lib/rpc/call_registry.h"
#include "lib/rpc/client.h"

namespace millwright::rpc {

TestServer::TestServer(const std::vector<grpc::Service*>& services)
    : signer_(auth::Signer::Create(base::RandomHex(32), "test").value()) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  // With it the kernel may give two tests that run at once the same port.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(RememberCalls(signer_));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  for (grpc::Service* service : services) builder.RegisterService(service);
  server_ = builder.BuildAndStart();
  CHECK(server_ != nullptr);
  address_ = absl::StrCat("127.0.0.1:", port);
}

TestServer::~TestServer() { server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2)); }

std::shared_ptr<grpc::Channel> TestServer::ChannelAs(const auth::Caller& caller) const {
  return ConnectAs(address_, signer_, caller);
}

std::shared_ptr<grpc::Channel> TestServer::AnonymousChannel() const {
  return grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
}

auth::Caller TestCaller(auth::Role role, std::string workspace) {
  return {.subject = "tester", .role = role, .workspace = base::WorkspaceId(std::move(workspace))};
}

}  // namespace millwright::rpc
