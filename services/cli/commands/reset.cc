#include "cli/commands/reset.h"

#include "cli/door.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/client.h"
#include "millwright/registry/v1/registry.grpc.pb.h"
#include "millwright/tracker/v1/tracker.grpc.pb.h"

namespace millwright::cli {
namespace {

absl::Status Reset(const Session& session) {
  ASSIGN_OR_RETURN(const Home home, Home::Find(session.home));
  ASSIGN_OR_RETURN(const Door door, Door::Open(home, session.address, session.token));
  // The registry first: its versions name runs and files of the tracker.
  const auto registry = registry::v1::RegistryResetService::NewStub(door.channel());
  grpc::ClientContext of_registry;
  rpc::Prepare(of_registry, absl::Seconds(30));
  registry::v1::ResetRegistryResponse registry_reply;
  RETURN_IF_ERROR(door.Explain(registry->ResetRegistry(&of_registry, {}, &registry_reply)));
  const auto tracker = tracker::v1::TrackerResetService::NewStub(door.channel());
  grpc::ClientContext of_tracker;
  rpc::Prepare(of_tracker, absl::Seconds(30));
  tracker::v1::ResetTrackingResponse tracker_reply;
  return door.Explain(tracker->ResetTracking(&of_tracker, {}, &tracker_reply));
}

}  // namespace

int ResetTracking(const Session& session) {
  const absl::Status status = Reset(session);
  return status.ok() ? kOk : Report(status);
}

}  // namespace millwright::cli
