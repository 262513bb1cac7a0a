#include "trainer-worker/tasks/artifact.h"

#include "lib/base/status_macros.h"

namespace millwright::trainer {

absl::StatusOr<tracker::v1::Blob> StoreArtifact(absl::string_view content, const std::string& path, const std::string& run_id,
                                                TaskContext& context) {
  RETURN_IF_ERROR(context.lease.EnsureHeld());
  ASSIGN_OR_RETURN(tracker::v1::Blob blob, context.platform.UploadBlob(content, path));
  tracker::v1::PutArtifactRequest request;
  request.set_run_id(run_id);
  request.set_path(path);
  request.set_sha256(blob.sha256());
  tracker::v1::Artifact artifact;
  RETURN_IF_ERROR(
      context.Write(&tracker::v1::ArtifactService::Stub::PutArtifact, context.platform.artifacts(), request, &artifact));
  return blob;
}

}  // namespace millwright::trainer
