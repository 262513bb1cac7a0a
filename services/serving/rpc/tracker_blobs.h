#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "millwright/tracker/v1/tracker.grpc.pb.h"
#include "serving/cache/bundle_cache.h"

namespace millwright::serving {

/// Blobs from the tracker, asked for as the service in the model's workspace.
class TrackerBlobs : public BlobReader {
 public:
  explicit TrackerBlobs(std::shared_ptr<grpc::Channel> tracker) : tracker_(tracker::v1::ArtifactService::NewStub(tracker)) {}

  absl::Status Read(const base::WorkspaceId& workspace, const std::string& sha256,
                    const std::function<absl::Status(absl::string_view)>& sink) override;

 private:
  const std::unique_ptr<tracker::v1::ArtifactService::StubInterface> tracker_;
};

}  // namespace millwright::serving
