#include "serving/rpc/token_follower.h"

#include <utility>

#include "lib/rpc/log.h"
#include "lib/rpc/status.h"
#include "serving/cache/token_file.h"
#include "serving/rpc/convert.h"

namespace millwright::serving {

TokenFollower::TokenFollower(std::shared_ptr<grpc::Channel> gateway, TokenTable& tokens, std::filesystem::path file)
    : gateway_(gateway::v1::TokenService::NewStub(gateway)),
      tokens_(tokens),
      file_(std::move(file)),
      loop_([this](grpc::ClientContext& context, const std::function<void()>& reached) { return Follow(context, reached); }) {}

void TokenFollower::Start() {
  absl::StatusOr<TokenTable::Grants> grants = LoadTokens(file_);
  if (grants.ok()) {
    tokens_.Replace(*std::move(grants));
  } else if (grants.status().code() != absl::StatusCode::kNotFound) {
    rpc::LogWarning("the remembered tokens are unreadable; waiting for the gateway",
                    {{"error", std::string(grants.status().message())}});
  }
  loop_.Start();
}

absl::Status TokenFollower::Follow(grpc::ClientContext& context, const std::function<void()>& reached) {
  const auto stream = gateway_->WatchTokens(&context, gateway::v1::WatchTokensRequest());
  gateway::v1::TokenSnapshot snapshot;
  while (stream->Read(&snapshot)) {
    reached();
    TokenTable::Grants grants = FromProto(snapshot);
    const absl::Status saved = SaveTokens(file_, grants);
    if (!saved.ok()) rpc::LogWarning("cannot remember the tokens", {{"error", std::string(saved.message())}});
    tokens_.Replace(std::move(grants));
  }
  return rpc::FromGrpc(stream->Finish());
}

}  // namespace millwright::serving
