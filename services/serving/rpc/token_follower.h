#pragma once

#include <grpcpp/grpcpp.h>

#include <filesystem>
#include <memory>

#include "millwright/gateway/v1/identity.grpc.pb.h"
#include "serving/domain/token_table.h"
#include "serving/rpc/follow_loop.h"

namespace millwright::serving {

/// Keeps the token table as the gateway says, and a copy on disk for the time the gateway is away.
class TokenFollower {
 public:
  TokenFollower(std::shared_ptr<grpc::Channel> gateway, TokenTable& tokens, std::filesystem::path file);

  /// What the disk remembers counts first; then follows.
  void Start();
  void Stop() { loop_.Stop(); }
  bool is_reachable() const { return loop_.is_reachable(); }

 private:
  absl::Status Follow(grpc::ClientContext& context, const std::function<void()>& reached);

  const std::unique_ptr<gateway::v1::TokenService::StubInterface> gateway_;
  TokenTable& tokens_;
  const std::filesystem::path file_;
  FollowLoop loop_;
};

}  // namespace millwright::serving
