#include "tracker/rpc/artifact_service.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "tracker/rpc/convert.h"

namespace millwright::tracker {
namespace {

constexpr std::size_t kChunk = 256 << 10;
constexpr std::size_t kMaxPart = 1 << 20;

absl::StatusOr<Blob> Receive(grpc::ServerContext& context, BlobStore& blobs, grpc::ServerReader<v1::UploadBlobRequest>& reader) {
  v1::UploadBlobRequest part;
  if (!reader.Read(&part) || !part.has_header())
    return absl::InvalidArgumentError("header: the first message has to be the header");
  const v1::UploadBlobHeader header = part.header();
  if (!header.sha256().empty()) RETURN_IF_ERROR(CheckSha256("header.sha256", header.sha256()));
  ASSIGN_OR_RETURN(const std::unique_ptr<BlobWriter> writer, blobs.Create());
  while (reader.Read(&part)) {
    if (part.part_case() != v1::UploadBlobRequest::kBytes)
      return absl::InvalidArgumentError("bytes: every message after the header has to carry bytes");
    if (part.bytes().size() > kMaxPart) {
      return absl::InvalidArgumentError(absl::StrCat("bytes: a message has ", part.bytes().size(), " bytes; at most ", kMaxPart));
    }
    RETURN_IF_ERROR(writer->Append(part.bytes()));
  }
  // A caller that died ends the stream as one that finished does.
  if (context.IsCancelled()) return absl::CancelledError("the upload was given up");
  return writer->Commit(header.sha256());
}

}  // namespace

grpc::Status ArtifactService::UploadBlob(grpc::ServerContext* context, grpc::ServerReader<v1::UploadBlobRequest>* reader,
                                         v1::Blob* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Blob blob, Receive(*context, blobs_, *reader));
    RETURN_IF_ERROR(artifacts_.Hold(workspace, blob));
    *reply = ToProto(blob);
    return absl::OkStatus();
  });
}

grpc::Status ArtifactService::DownloadBlob(grpc::ServerContext* context, const v1::DownloadBlobRequest* request,
                                           grpc::ServerWriter<v1::BlobChunk>* writer) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    auth::Caller acting = caller;
    if (caller.is_service && caller.workspace.empty()) acting.workspace = base::WorkspaceId(request->workspace_id());
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(acting));
    RETURN_IF_ERROR(CheckSha256("sha256", request->sha256()));
    ASSIGN_OR_RETURN(const Blob blob, artifacts_.GetHeld(workspace, request->sha256()));
    ASSIGN_OR_RETURN(const std::unique_ptr<BlobReader> reader, blobs_.Open(blob));
    for (;;) {
      v1::BlobChunk chunk;
      ASSIGN_OR_RETURN(*chunk.mutable_bytes(), reader->Read(kChunk));
      if (chunk.bytes().empty()) return absl::OkStatus();
      if (!writer->Write(chunk)) return absl::CancelledError("the caller went away");
    }
  });
}

grpc::Status ArtifactService::PutArtifact(grpc::ServerContext* context, const v1::PutArtifactRequest* request,
                                          v1::Artifact* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId run, ParseRunId(request->run_id()));
    RETURN_IF_ERROR(CheckArtifactPath(request->path()));
    RETURN_IF_ERROR(CheckSha256("sha256", request->sha256()));
    ASSIGN_OR_RETURN(const Artifact artifact, artifacts_.Put(workspace, run, request->path(), request->sha256()));
    *reply = ToProto(artifact);
    return absl::OkStatus();
  });
}

grpc::Status ArtifactService::ListArtifacts(grpc::ServerContext* context, const v1::ListArtifactsRequest* request,
                                            v1::ListArtifactsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId run, ParseRunId(request->run_id()));
    if (!request->path().empty()) RETURN_IF_ERROR(CheckArtifactPath(request->path()));
    ASSIGN_OR_RETURN(const std::vector<Artifact> artifacts, artifacts_.List(workspace, run, request->path()));
    for (const Artifact& artifact : artifacts) *reply->add_artifacts() = ToProto(artifact);
    return absl::OkStatus();
  });
}

}  // namespace millwright::tracker
