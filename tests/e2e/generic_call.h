#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "nlohmann/json.hpp"

namespace millwright::e2e {

/// What a call answered: its status, and each message as JSON.
struct Answered {
  grpc::Status status;
  std::vector<nlohmann::json> messages;
};

/// Calls any method from its descriptor with one request message given as JSON. A stream that stays open is cancelled after
/// `limit`; what it had sent by then is the answer, with status OK.
Answered Call(const std::shared_ptr<grpc::Channel>& channel, const google::protobuf::MethodDescriptor& method,
              const nlohmann::json& request, absl::Duration limit = absl::Seconds(10));

/// "/package.Service/Method".
std::string PathOf(const google::protobuf::MethodDescriptor& method);

/// Every RPC of the platform's contracts, as linked into this program.
std::vector<const google::protobuf::MethodDescriptor*> AllMethods();

}  // namespace millwright::e2e
