#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace millwright::gateway {

/// Channels to the services behind the doors, by the name that MethodTable gives them. Thread-safe.
class Backends {
 public:
  /// Name → "host:port" or "unix:/path"; an empty address is a service that does not run here.
  explicit Backends(const std::map<std::string, std::string>& addresses);

  /// Unavailable when the service has no address.
  absl::StatusOr<grpc::GenericStub*> Find(const std::string& name) const;
  /// The same service's channel, for unary calls. Unavailable as above.
  absl::StatusOr<grpc::Channel*> Channel(const std::string& name) const;

 private:
  struct Backend {
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<grpc::GenericStub> stub;
  };
  absl::StatusOr<const Backend*> FindBackend(const std::string& name) const;

  std::map<std::string, Backend> backends_;
};

/// A failed call's status as the client sees it: UNAVAILABLE names the service.
grpc::Status NameBackend(const grpc::Status& status, const std::string& backend);
absl::Status NameBackend(const absl::Status& status, const std::string& backend);

}  // namespace millwright::gateway
