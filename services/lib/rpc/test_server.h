#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "lib/auth/assertion.h"

namespace millwright::rpc {

/// Services on a loopback port of their own for tests, wired as RunServer wires them. Stops in its destructor.
class TestServer {
 public:
  explicit TestServer(const std::vector<grpc::Service*>& services);
  ~TestServer();

  /// A channel that calls as `caller` (signed); without one, a channel that sends no assertion.
  std::shared_ptr<grpc::Channel> ChannelAs(const auth::Caller& caller) const;
  std::shared_ptr<grpc::Channel> AnonymousChannel() const;
  const std::string& address() const { return address_; }
  const auth::Signer& signer() const { return signer_; }

 private:
  auth::Signer signer_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

/// A caller for tests: role engineer in workspace "1" unless told otherwise.
auth::Caller TestCaller(auth::Role role = auth::Role::kEngineer, std::string workspace = "1");

}  // namespace millwright::rpc
