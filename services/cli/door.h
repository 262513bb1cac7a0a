#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/supervisor/home.h"

namespace millwright::cli {

/// Exit codes of `millwright`.
inline constexpr int kOk = 0;
inline constexpr int kRefused = 1;  // refused or failed
inline constexpr int kUsage = 2;
inline constexpr int kUnreachable = 3;

/// The gateway's gRPC door as the command line uses it.
class Door {
 public:
  /// `address` and `token` may be empty: then $MILLWRIGHT_ADDRESS, else the platform of `home`, else 127.0.0.1:7000; and
  /// $MILLWRIGHT_TOKEN, else the data folder's cli.token.
  /// Waits up to 3 s for a gateway that is slow to accept, not for one that refuses; opens in any case.
  static absl::StatusOr<Door> Open(const Home& home, const std::string& address, const std::string& token);

  /// One unary call of a method given by its descriptor. Statuses are the server's, or Unavailable with what to do when
  /// nobody answers there.
  absl::Status Call(const google::protobuf::MethodDescriptor& method, const google::protobuf::Message& request,
                    google::protobuf::Message* reply, absl::Duration timeout = absl::Seconds(60)) const;

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const std::string& address() const { return address_; }
  /// A finished call's status with the platform's own advice added.
  absl::Status Explain(const grpc::Status& status) const;

 private:
  Door(std::string address, std::string token);
  void WaitWhileConnecting() const;
  std::string address_;
  bool has_token_;
  std::shared_ptr<grpc::Channel> channel_;
};

/// 3 for Unavailable, else 1 (0 for OK).
int ExitCode(const absl::Status& status);

}  // namespace millwright::cli
