#include "cli/commands/download.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "cli/door.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/client.h"
#include "millwright/tracker/v1/tracker.grpc.pb.h"

namespace millwright::cli {
namespace {

absl::StatusOr<std::string> FindArtifact(const DownloadOptions& options, const Door& door,
                                         tracker::v1::ArtifactService::Stub& stub) {
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Seconds(30));
  tracker::v1::ListArtifactsRequest request;
  request.set_run_id(options.run_id);
  tracker::v1::ListArtifactsResponse reply;
  RETURN_IF_ERROR(door.Explain(stub.ListArtifacts(&context, request, &reply)));
  for (const tracker::v1::Artifact& artifact : reply.artifacts()) {
    if (artifact.path() == options.path) return artifact.blob().sha256();
  }
  return absl::NotFoundError(absl::StrCat("run ", options.run_id, " has no artifact \"", options.path,
                                          "\"; `millwright runs artifacts ", options.run_id, "` lists them"));
}

absl::Status Download(const DownloadOptions& options, const Session& session) {
  ASSIGN_OR_RETURN(const Home home, Home::Find(session.home));
  ASSIGN_OR_RETURN(const Door door, Door::Open(home, session.address, session.token));
  const auto stub = tracker::v1::ArtifactService::NewStub(door.channel());
  ASSIGN_OR_RETURN(const std::string sha256, FindArtifact(options, door, *stub));
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Hours(1));
  tracker::v1::DownloadBlobRequest request;
  request.set_sha256(sha256);
  const auto reader = stub->DownloadBlob(&context, request);
  tracker::v1::BlobChunk chunk;
  base::Sha256 hash;
  while (reader->Read(&chunk)) {
    hash.Update(chunk.bytes());
    if (std::fwrite(chunk.bytes().data(), 1, chunk.bytes().size(), stdout) != chunk.bytes().size()) {
      return absl::ResourceExhaustedError("cannot write the artifact to standard output");
    }
  }
  RETURN_IF_ERROR(door.Explain(reader->Finish()));
  if (hash.FinishHex() != sha256)
    return absl::DataLossError(absl::StrCat("artifact \"", options.path, "\" arrived with other bytes; try again"));
  return absl::OkStatus();
}

}  // namespace

int DownloadArtifact(const DownloadOptions& options, const Session& session) {
  const absl::Status status = Download(options, session);
  return status.ok() ? kOk : Report(status);
}

}  // namespace millwright::cli
