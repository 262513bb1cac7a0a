#include "tracker/rpc/artifact_service.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"
#include "tracker/domain/mlflow_path.h"
#include "tracker/rpc/convert.h"
#include "tracker/rpc/file_stream.h"

namespace millwright::tracker {
namespace {

constexpr int kMaxPinned = 10000;

absl::StatusOr<Blob> Receive(grpc::ServerContext& context, const v1::UploadBlobHeader& header, BlobWriter& writer,
                             grpc::ServerReader<v1::UploadBlobRequest>& reader) {
  v1::UploadBlobRequest part;
  while (reader.Read(&part)) {
    if (part.part_case() != v1::UploadBlobRequest::kBytes)
      return absl::InvalidArgumentError("bytes: every message after the header has to carry bytes");
    if (part.bytes().size() > kMaxTakenAtOnce) {
      return absl::InvalidArgumentError(
          absl::StrCat("bytes: a message has ", part.bytes().size(), " bytes; at most ", kMaxTakenAtOnce));
    }
    RETURN_IF_ERROR(writer.Append(part.bytes()));
  }
  // A caller that died ends the stream as one that finished does.
  if (context.IsCancelled()) return absl::CancelledError("the upload was given up");
  return writer.Seal(header.sha256());
}

// Only services act in a workspace that the request names.
absl::StatusOr<base::WorkspaceId> ActingIn(const auth::Caller& caller, const std::string& workspace) {
  auth::Caller acting = caller;
  if (caller.is_service && caller.workspace.empty()) acting.workspace = base::WorkspaceId(workspace);
  return WorkspaceOf(acting);
}

absl::Status CheckOwner(const std::string& owner) {
  if (!owner.empty() && owner.size() <= 500) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("owner: has ", owner.size(), " bytes; 1 to 500"));
}

// The folders before their files, as the store orders what bears one name.
absl::Status ListLevel(ArtifactStore& artifacts, const base::WorkspaceId& workspace, const RunId& run,
                       const v1::ListArtifactsRequest& request, v1::ListArtifactsResponse& reply) {
  ASSIGN_OR_RETURN(const int size, rpc::PageSize(request.page_size(), 1000, ArtifactStore::kMaxListed));
  std::optional<ArtifactEntry> after;
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(request.page_token()));
    if (keys.size() != 2 || !keys[0].is_string() || !keys[1].is_boolean() ||
        keys[0].get<std::string>().size() <= request.path().size())
      return absl::InvalidArgumentError("page_token: is not one that this list gave");
    after = ArtifactEntry{keys[0].get<std::string>(), keys[1].get<bool>(), 0};
  }
  ASSIGN_OR_RETURN(std::vector<ArtifactEntry> entries,
                   artifacts.ListFolder(workspace, ArtifactRoot::OfRun(run), request.path(), after, size + 1));
  const bool has_more = entries.size() > static_cast<std::size_t>(size);
  if (has_more) entries.pop_back();
  for (const ArtifactEntry& entry : entries) {
    if (entry.is_folder) {
      reply.add_folders(entry.path);
      continue;
    }
    v1::Artifact* file = reply.add_artifacts();
    file->set_run_id(run.value());
    file->set_path(entry.path);
    file->mutable_blob()->set_size(entry.size);
  }
  if (has_more)
    reply.set_next_page_token(rpc::EncodePageToken(nlohmann::json::array({entries.back().path, entries.back().is_folder})));
  return absl::OkStatus();
}

}  // namespace

grpc::Status ArtifactService::UploadBlob(grpc::ServerContext* context, grpc::ServerReader<v1::UploadBlobRequest>* reader,
                                         v1::Blob* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    v1::UploadBlobRequest first;
    if (!reader->Read(&first) || !first.has_header())
      return absl::InvalidArgumentError("header: the first message has to be the header");
    if (!first.header().sha256().empty()) RETURN_IF_ERROR(CheckSha256("header.sha256", first.header().sha256()));
    ASSIGN_OR_RETURN(const std::unique_ptr<BlobWriter> writer, blobs_.Create());
    ASSIGN_OR_RETURN(const Blob blob, Receive(*context, first.header(), *writer, *reader));
    RETURN_IF_ERROR(artifacts_.Hold(workspace, blob, *writer));
    if (first.header().keep()) RETURN_IF_ERROR(artifacts_.Pin(workspace, "kept at upload", {blob.sha256}));
    *reply = ToProto(blob);
    return absl::OkStatus();
  });
}

grpc::Status ArtifactService::DownloadBlob(grpc::ServerContext* context, const v1::DownloadBlobRequest* request,
                                           grpc::ServerWriter<v1::BlobChunk>* writer) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, ActingIn(caller, request->workspace_id()));
    RETURN_IF_ERROR(CheckSha256("sha256", request->sha256()));
    ASSIGN_OR_RETURN(const Blob blob, artifacts_.GetHeld(workspace, request->sha256()));
    ASSIGN_OR_RETURN(const std::unique_ptr<BlobReader> reader, blobs_.Open(blob));
    for (;;) {
      v1::BlobChunk chunk;
      ASSIGN_OR_RETURN(*chunk.mutable_bytes(), reader->Read(kSentAtOnce));
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
    ASSIGN_OR_RETURN(const Artifact artifact,
                     artifacts_.Put(workspace, ArtifactRoot::OfRun(run), request->path(), request->sha256()));
    *reply = ToProto(run, artifact);
    return absl::OkStatus();
  });
}

grpc::Status ArtifactService::UploadArtifact(grpc::ServerContext* context, grpc::ServerReader<v1::UploadArtifactRequest>* reader,
                                             v1::Artifact* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    v1::UploadArtifactRequest message;
    if (!reader->Read(&message)) return absl::InvalidArgumentError("run_id: the first message has to name the run");
    ASSIGN_OR_RETURN(const RunId run, ParseRunId(message.run_id()));
    const std::string path = message.path();
    const std::string sha256 = message.sha256();
    RETURN_IF_ERROR(CheckArtifactPath(path));
    if (!sha256.empty()) RETURN_IF_ERROR(CheckSha256("sha256", sha256));
    // Known before the bytes are taken, for the message; the rule stands in Put.
    RETURN_IF_ERROR(artifacts_.Location(workspace, ArtifactRoot::OfRun(run)).status());
    ASSIGN_OR_RETURN(const std::unique_ptr<BlobWriter> writer, blobs_.Create());
    ASSIGN_OR_RETURN(const Blob blob, ReceiveFile(*context, message, *reader, *writer, sha256));
    ASSIGN_OR_RETURN(const Artifact artifact, artifacts_.Put(workspace, ArtifactRoot::OfRun(run), path, blob, *writer));
    *reply = ToProto(run, artifact);
    return absl::OkStatus();
  });
}

grpc::Status ArtifactService::DownloadArtifact(grpc::ServerContext* context, const v1::DownloadArtifactRequest* request,
                                               grpc::ServerWriter<v1::ArtifactBytes>* writer) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId run, ParseRunId(request->run_id()));
    RETURN_IF_ERROR(CheckStoredPath(request->path()));
    ASSIGN_OR_RETURN(const Artifact artifact, artifacts_.Get(workspace, ArtifactRoot::OfRun(run), request->path()));
    return SendFile(blobs_, {artifact.blob, artifact.path, request->range(), request->if_range()}, *writer);
  });
}

grpc::Status ArtifactService::ListArtifacts(grpc::ServerContext* context, const v1::ListArtifactsRequest* request,
                                            v1::ListArtifactsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId run, ParseRunId(request->run_id()));
    if (!request->path().empty()) RETURN_IF_ERROR(CheckStoredPath(request->path()));
    if (request->one_level()) return ListLevel(artifacts_, workspace, run, *request, *reply);
    RETURN_IF_ERROR(rpc::PageSize(request->page_size(), 1000, ArtifactStore::kMaxListed).status());
    if (!request->page_token().empty()) return absl::InvalidArgumentError("page_token: only a listing of one_level has pages");
    ASSIGN_OR_RETURN(const std::vector<Artifact> artifacts,
                     artifacts_.List(workspace, ArtifactRoot::OfRun(run), request->path()));
    for (const Artifact& artifact : artifacts) *reply->add_artifacts() = ToProto(run, artifact);
    return absl::OkStatus();
  });
}

grpc::Status ArtifactService::DeleteArtifacts(grpc::ServerContext* context, const v1::DeleteArtifactsRequest* request,
                                              v1::DeleteArtifactsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId run, ParseRunId(request->run_id()));
    RETURN_IF_ERROR(CheckStoredPath(request->path()));
    ASSIGN_OR_RETURN(const std::int64_t count, artifacts_.Delete(workspace, ArtifactRoot::OfRun(run), request->path()));
    if (count == 0) return absl::NotFoundError(absl::StrCat("No such artifact: '", request->path(), "'"));
    reply->set_file_count(count);
    return absl::OkStatus();
  });
}

grpc::Status ArtifactService::PinBlobs(grpc::ServerContext* context, const v1::PinBlobsRequest* request, v1::PinBlobsResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, ActingIn(caller, request->workspace_id()));
    RETURN_IF_ERROR(CheckOwner(request->owner()));
    if (request->sha256s_size() > kMaxPinned)
      return absl::InvalidArgumentError(absl::StrCat("sha256s: has ", request->sha256s_size(), " entries; at most ", kMaxPinned));
    for (const std::string& sha256 : request->sha256s()) RETURN_IF_ERROR(CheckSha256("sha256s", sha256));
    return artifacts_.Pin(workspace, request->owner(), {request->sha256s().begin(), request->sha256s().end()});
  });
}

grpc::Status ArtifactService::PinArtifacts(grpc::ServerContext* context, const v1::PinArtifactsRequest* request,
                                           v1::PinArtifactsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, ActingIn(caller, request->workspace_id()));
    RETURN_IF_ERROR(CheckOwner(request->owner()));
    ASSIGN_OR_RETURN(const ArtifactLocation location, ReadLocation(request->location()));
    ASSIGN_OR_RETURN(const std::vector<Artifact> artifacts,
                     artifacts_.PinTree(workspace, request->owner(), location.root, location.path));
    for (Artifact artifact : artifacts) {
      // A place that is one file has no path below itself: then the file's name stands.
      const std::size_t above = artifact.path.size() > location.path.size() && !location.path.empty()
                                    ? location.path.size() + 1
                                    : (artifact.path == location.path ? artifact.path.rfind('/') + 1 : 0);
      artifact.path.erase(0, above);
      *reply->add_artifacts() = ToProto(RunId(), artifact);
    }
    return absl::OkStatus();
  });
}

grpc::Status ArtifactService::UnpinBlobs(grpc::ServerContext* context, const v1::UnpinBlobsRequest* request,
                                         v1::UnpinBlobsResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, ActingIn(caller, request->workspace_id()));
    RETURN_IF_ERROR(CheckOwner(request->owner()));
    return artifacts_.Unpin(workspace, request->owner());
  });
}

}  // namespace millwright::tracker
