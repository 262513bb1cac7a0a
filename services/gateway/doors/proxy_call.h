#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/client_callback.h>

#include <memory>
#include <string>

#include "absl/synchronization/mutex.h"
#include "gateway/doors/grpc_door.h"

namespace millwright::gateway {

/// One call through the gRPC door. Owns itself until OnDone.
///
/// Requests: client → OnReadDone → backend write → OnBackendWriteDone → the next read. Responses run the other way in the same
/// manner, so at most one message is under way in each direction and a slow reader holds back its writer.
class ProxyCall final : public grpc::ServerGenericBidiReactor, public OpenStream {
 public:
  ProxyCall(GrpcDoor& door, grpc::GenericCallbackServerContext& context);

  /// Identifies the caller and goes on from there. `self` is this object.
  void Start(std::shared_ptr<ProxyCall> self);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { const auto last = std::move(self_); }

  void End(const absl::Status& why) override;

 private:
  class BackendCall final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    explicit BackendCall(ProxyCall& owner) : owner_(owner) {}
    void OnReadDone(bool ok) override { owner_.OnBackendReadDone(ok); }
    void OnWriteDone(bool ok) override { owner_.OnBackendWriteDone(ok); }
    void OnDone(const grpc::Status& status) override { owner_.OnBackendDone(status); }

   private:
    ProxyCall& owner_;
  };

  void Identify();
  void Admit(const Identity* identity);
  void BeginAudit();
  void Connect();
  void OnBackendReadDone(bool ok);
  void OnBackendWriteDone(bool ok);
  void OnBackendDone(const grpc::Status& status);
  /// No more requests go to the backend; true once, when the caller must remove the hold of the request direction.
  bool StopRequests(bool write_has_ended) ABSL_LOCKS_EXCLUDED(mutex_);
  /// Cancels the call to the backend; what comes of it goes to the client, or `why` when that is not OK.
  void Cancel(const absl::Status& why);
  /// Runs `work` on the door's pool, or refuses the call.
  void Block(std::function<void()> work);
  void Refuse(const absl::Status& status);

  std::shared_ptr<ProxyCall> self_;
  GrpcDoor& door_;
  grpc::GenericCallbackServerContext& context_;
  std::string token_;
  Visit visit_;
  bool waits_for_first_message_ = false;
  bool has_first_message_ = false;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;

  BackendCall backend_{*this};
  grpc::ClientContext backend_context_;
  absl::Mutex mutex_;
  bool is_connected_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status end_ ABSL_GUARDED_BY(mutex_);  // why the door itself ended the call; OK: it did not
  bool has_request_end_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_writing_ ABSL_GUARDED_BY(mutex_) = false;  // a request is on its way to the backend
  bool has_request_hold_ ABSL_GUARDED_BY(mutex_) = true;
};

}  // namespace millwright::gateway
