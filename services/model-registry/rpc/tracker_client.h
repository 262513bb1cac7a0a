#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "lib/auth/assertion.h"
#include "millwright/tracker/v1/tracker.grpc.pb.h"
#include "model-registry/domain/tracker.h"

namespace millwright::registry {

/// Asks the tracker as this service, in the workspace at hand. Thread-safe.
class TrackerClient : public Tracker {
 public:
  TrackerClient(std::shared_ptr<grpc::Channel> channel, const auth::Signer& signer);

  absl::Status Pin(const base::WorkspaceId& workspace, const std::string& owner,
                   const std::vector<std::string>& sha256s) override;
  absl::StatusOr<std::vector<BundleFile>> PinFilesAt(const base::WorkspaceId& workspace, const std::string& owner,
                                                     const std::string& location) override;
  absl::Status Unpin(const base::WorkspaceId& workspace, const std::string& owner) override;
  absl::StatusOr<RunFacts> GetRun(const base::WorkspaceId& workspace, const std::string& run_id) override;
  absl::StatusOr<LoggedModelFacts> GetLoggedModel(const base::WorkspaceId& workspace, const std::string& model_id) override;
  absl::Status NoteVersion(const base::WorkspaceId& workspace, const std::string& model_id, const std::string& name,
                           int version) override;
  absl::Status ReadBlob(const base::WorkspaceId& workspace, const std::string& sha256,
                        const std::function<absl::Status(absl::string_view)>& sink) override;

 private:
  void Prepare(grpc::ClientContext& context, const base::WorkspaceId& workspace) const;

  const auth::Signer& signer_;
  std::unique_ptr<tracker::v1::TrackerService::Stub> runs_;
  std::unique_ptr<tracker::v1::ArtifactService::Stub> artifacts_;
  std::unique_ptr<tracker::v1::LoggedModelService::Stub> logged_models_;
};

}  // namespace millwright::registry
