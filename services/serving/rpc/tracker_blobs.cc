#include "serving/rpc/tracker_blobs.h"

#include "absl/strings/str_cat.h"
#include "lib/rpc/client.h"
#include "lib/rpc/status.h"

namespace millwright::serving {
namespace {

constexpr absl::Duration kTimeout = absl::Minutes(2);

}  // namespace

absl::Status TrackerBlobs::Read(const base::WorkspaceId& workspace, const std::string& sha256,
                                const std::function<absl::Status(absl::string_view)>& sink) {
  grpc::ClientContext context;
  rpc::Prepare(context, kTimeout);
  tracker::v1::DownloadBlobRequest request;
  request.set_sha256(sha256);
  request.set_workspace_id(workspace.value());
  const auto stream = tracker_->DownloadBlob(&context, request);
  tracker::v1::BlobChunk chunk;
  absl::Status status;
  while (status.ok() && stream->Read(&chunk)) status = sink(chunk.bytes());
  if (!status.ok()) {
    context.TryCancel();
    stream->Finish();
    return status;
  }
  status = rpc::FromGrpc(stream->Finish());
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat("the tracker did not give blob ", sha256.substr(0, 12), ": ", status.message()));
}

}  // namespace millwright::serving
