#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "gateway/doors/authenticator.h"
#include "gateway/doors/backends.h"
#include "gateway/doors/blocking_pool.h"
#include "gateway/doors/doorkeeper.h"
#include "gateway/doors/method_table.h"
#include "gateway/doors/open_streams.h"

namespace millwright::gateway {

/// The gRPC door: forwards every RPC of the table as bytes, streams of all kinds with their backpressure, deadline and
/// cancellation, once its caller and rule are checked; a stream lasts as long as its caller's rights. Answers grpc.health.v1
/// itself.
class GrpcDoor final : public grpc::CallbackGenericService {
 public:
  GrpcDoor(const MethodTable& methods, Authenticator& authenticator, Doorkeeper& doorkeeper, const Backends& backends,
           OpenStreams& streams)
      : methods_(methods),
        authenticator_(authenticator),
        doorkeeper_(doorkeeper),
        backends_(backends),
        streams_(streams),
        pool_(16, 1024) {}
  ~GrpcDoor() override { Stop(); }

  /// Listens on host:port; FailedPrecondition when the port is taken.
  absl::Status Start(const std::string& address);
  /// Lets running calls end for a moment, then cancels them. Idempotent.
  void Stop();
  int port() const { return port_; }

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override;

 private:
  friend class ProxyCall;
  const MethodTable& methods_;
  Authenticator& authenticator_;
  Doorkeeper& doorkeeper_;
  const Backends& backends_;
  OpenStreams& streams_;
  BlockingPool pool_;  // for the database: a reaction of gRPC may not block
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace millwright::gateway
