#include "tracker/rpc/mlflow_artifacts_service.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/status.h"
#include "tracker/domain/mlflow_path.h"
#include "tracker/rpc/convert.h"
#include "tracker/rpc/file_stream.h"

namespace millwright::tracker {
namespace {

namespace mlpb = millwright::mlflow::v1;

constexpr std::int64_t kMaxSmallUpload = 10 << 20;
constexpr char kProxy[] = "/api/2.0/mlflow-artifacts";

absl::Status InvalidPath() { return absl::InvalidArgumentError("Invalid path"); }

// A path that has to name something.
absl::StatusOr<std::string> ReadFilePath(absl::string_view text) {
  ASSIGN_OR_RETURN(std::string path, ReadMlflowPath(text));
  if (path.empty()) return InvalidPath();
  return path;
}

// A refusal in the form that MLflow's file routes have for these.
absl::Status Detail(absl::string_view message) { return rpc::WithErrorCode(absl::InvalidArgumentError(message), "DETAIL"); }

// The path of an upload by the proxy, whose folder has to be given as it is kept.
absl::StatusOr<std::string> ReadUploadPath(absl::string_view text) {
  ASSIGN_OR_RETURN(const MlflowPath path, ParseMlflowPath(text));
  const std::size_t slash = path.given.rfind('/');
  if (path.kept.empty() || slash + 1 == path.given.size())
    return Detail("Artifact path must include a filename (cannot end with '/').");
  if (slash == std::string::npos) return path.kept;
  absl::string_view folder = absl::string_view(path.given).substr(0, slash);
  while (absl::ConsumeSuffix(&folder, "/")) {
  }
  ASSIGN_OR_RETURN(const std::string kept_folder, ReadMlflowPath(folder));
  if (folder == kept_folder) return path.kept;
  return rpc::WithErrorCode(
      absl::InvalidArgumentError(absl::StrCat(
          "Invalid artifact path: '", folder,
          "'. Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This "
          "name would resolve to '",
          kept_folder, "'")),
      "INTERNAL_ERROR");
}

absl::string_view BaseName(absl::string_view path) { return path.substr(path.rfind('/') + 1); }

// A run's URI, or NotFound in MLflow's words.
absl::StatusOr<std::string> RunLocation(ArtifactStore& artifacts, const base::WorkspaceId& workspace, const std::string& run_id) {
  absl::StatusOr<std::string> location = artifacts.Location(workspace, ArtifactRoot::OfRun(RunId(run_id)));
  if (absl::IsNotFound(location.status())) return absl::NotFoundError(absl::StrCat("Run with id=", run_id, " not found"));
  return location;
}

template <typename Entries>
absl::Status ListInto(ArtifactStore& artifacts, const base::WorkspaceId& workspace, const ArtifactRoot& root,
                      const std::string& path, bool base_names, Entries* files) {
  ASSIGN_OR_RETURN(const std::vector<ArtifactEntry> entries,
                   artifacts.ListFolder(workspace, root, path, std::nullopt, ArtifactStore::kMaxListed + 1));
  if (entries.size() > ArtifactStore::kMaxListed) {
    return absl::ResourceExhaustedError(
        absl::StrCat("path: \"", path, "\" has more than ", ArtifactStore::kMaxListed, " entries"));
  }
  for (const ArtifactEntry& entry : entries) {
    mlpb::FileInfo* file = files->Add();
    file->set_path(base_names ? std::string(BaseName(entry.path)) : entry.path);
    file->set_is_dir(entry.is_folder);
    if (!entry.is_folder && entry.size > 0) file->set_file_size(static_cast<std::int64_t>(entry.size));
  }
  return absl::OkStatus();
}

// Where the client reaches this server.
std::string Address(const std::string& host, const std::string& forwarded_proto) {
  return absl::StrCat(forwarded_proto == "https" ? "https://" : "http://", host.empty() ? "127.0.0.1:5000" : host, kProxy);
}

std::string PercentEncoded(absl::string_view path) {
  std::string encoded;
  for (const char c : path) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::string_view("-._~/").find(c) != absl::string_view::npos) {
      encoded += c;
    } else {
      absl::StrAppend(&encoded, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return encoded;
}

// `artifact_path` is the folder; of `file` only the name counts.
absl::StatusOr<std::string> UploadTarget(const std::string& artifact_path, const std::string& file) {
  ASSIGN_OR_RETURN(const std::string folder, ReadMlflowPath(artifact_path));
  ASSIGN_OR_RETURN(const std::string name, ReadFilePath(BaseName(file)));
  return folder.empty() ? name : absl::StrCat(folder, "/", name);
}

absl::Status RefuseProxied(const std::string& location, absl::string_view what, absl::string_view needs) {
  if (absl::StartsWith(location, "mlflow-artifacts:")) {
    return absl::InvalidArgumentError(absl::StrCat(
        "Presigned ", what, " artifact storage (artifact URI scheme: mlflow-artifacts). This endpoint requires ", needs, "."));
  }
  return absl::UnimplementedError(absl::StrCat("Presigned URLs are not supported for the artifact location ", location));
}

}  // namespace

grpc::Status MlflowArtifactsService::ListArtifacts(grpc::ServerContext* context, const mlpb::ListArtifactsRequest* request,
                                                   mlpb::ListArtifactsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::string path, ReadMlflowPath(request->path()));
    const std::string run_id = request->run_id().empty() ? request->run_uuid() : request->run_id();
    ASSIGN_OR_RETURN(*reply->mutable_root_uri(), RunLocation(artifacts_, workspace, run_id));
    return ListInto(artifacts_, workspace, ArtifactRoot::OfRun(RunId(run_id)), path, false, reply->mutable_files());
  });
}

grpc::Status MlflowArtifactsService::ListLoggedModelArtifacts(grpc::ServerContext* context,
                                                              const mlpb::ListLoggedModelArtifactsRequest* request,
                                                              mlpb::ListLoggedModelArtifactsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::string path, ReadMlflowPath(request->artifact_directory_path()));
    const ArtifactRoot root = ArtifactRoot::OfLoggedModel(request->model_id());
    ASSIGN_OR_RETURN(*reply->mutable_root_uri(), artifacts_.Location(workspace, root));
    return ListInto(artifacts_, workspace, root, path, false, reply->mutable_files());
  });
}

grpc::Status MlflowArtifactsService::CreatePresignedUploadUrl(grpc::ServerContext* context,
                                                              const mlpb::CreatePresignedUploadUrlRequest* request,
                                                              mlpb::CreatePresignedUploadUrlResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    if (request->run_id().empty() == request->model_id().empty())
      return absl::InvalidArgumentError("Exactly one of run_id and model_id must be provided.");
    RETURN_IF_ERROR(ReadMlflowPath(request->path()).status());
    std::string location;
    if (!request->run_id().empty()) {
      ASSIGN_OR_RETURN(location, RunLocation(artifacts_, workspace, request->run_id()));
    } else {
      ASSIGN_OR_RETURN(location, artifacts_.Location(workspace, ArtifactRoot::OfLoggedModel(request->model_id())));
    }
    return RefuseProxied(location, "upload is not supported for proxied", "a direct cloud storage artifact URI");
  });
}

grpc::Status MlflowArtifactsService::CreatePresignedDownloadUrl(grpc::ServerContext* context,
                                                                const mlpb::CreatePresignedDownloadUrlRequest* request,
                                                                mlpb::CreatePresignedDownloadUrlResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(ReadMlflowPath(request->path()).status());
    constexpr std::int64_t kLongest = 7 * 24 * 3600;
    const std::int64_t expiration = request->has_expiration() ? request->expiration() : 900;
    if (expiration < 1 || expiration > kLongest) {
      return absl::InvalidArgumentError(absl::StrCat("expiration must be between 1 and 604800 seconds (got ", expiration, ")."));
    }
    ASSIGN_OR_RETURN(const std::string location, RunLocation(artifacts_, workspace, request->run_id()));
    return RefuseProxied(location, "download is not supported for runs with proxied",
                         "a run with a direct cloud storage artifact URI");
  });
}

grpc::Status MlflowArtifactsService::GetRunArtifact(grpc::ServerContext* context, const mlpb::GetRunArtifactRequest* request,
                                                    grpc::ServerWriter<mlpb::ArtifactBytes>* writer) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    if (!request->has_path()) return absl::InvalidArgumentError("Request must specify path.");
    ASSIGN_OR_RETURN(const std::string path, ReadMlflowPath(request->path()));
    const std::string run_id = request->run_id().empty() ? request->run_uuid() : request->run_id();
    RETURN_IF_ERROR(RunLocation(artifacts_, workspace, run_id).status());
    ASSIGN_OR_RETURN(const Artifact artifact, artifacts_.Get(workspace, ArtifactRoot::OfRun(RunId(run_id)), path));
    return SendFile(blobs_, {artifact.blob, artifact.path, request->range(), ""}, *writer);
  });
}

grpc::Status MlflowArtifactsService::UploadRunArtifact(grpc::ServerContext* context,
                                                       grpc::ServerReader<mlpb::UploadRunArtifactRequest>* reader,
                                                       mlpb::UploadRunArtifactResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    mlpb::UploadRunArtifactRequest message;
    if (!reader->Read(&message) || message.run_uuid().empty())
      return absl::InvalidArgumentError("Request must specify run_uuid.");
    if (message.path().empty()) return absl::InvalidArgumentError("Request must specify path.");
    ASSIGN_OR_RETURN(const std::string path, ReadFilePath(message.path()));
    const absl::Status too_large = absl::InvalidArgumentError("Artifact size is too large. Max size is 10MB.");
    if (message.content_length() > kMaxSmallUpload) return too_large;
    const std::string run_id = message.run_uuid();
    RETURN_IF_ERROR(RunLocation(artifacts_, workspace, run_id).status());
    ASSIGN_OR_RETURN(const std::unique_ptr<BlobWriter> writer, blobs_.Create());
    std::int64_t size = 0;
    do {
      size += static_cast<std::int64_t>(message.data().size());
      if (size > kMaxSmallUpload) return too_large;
      RETURN_IF_ERROR(writer->Append(message.data()));
    } while (reader->Read(&message));
    if (context->IsCancelled()) return absl::CancelledError("the upload was given up");
    if (size == 0) return absl::InvalidArgumentError("Request must specify data.");
    ASSIGN_OR_RETURN(const Blob blob, writer->Seal(""));
    return artifacts_.Put(workspace, ArtifactRoot::OfRun(RunId(run_id)), path, blob, *writer).status();
  });
}

grpc::Status MlflowArtifactsService::GetLoggedModelArtifact(grpc::ServerContext* context,
                                                            const mlpb::GetLoggedModelArtifactRequest* request,
                                                            grpc::ServerWriter<mlpb::ArtifactBytes>* writer) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    if (request->artifact_file_path().empty()) {
      return rpc::WithErrorCode(absl::InvalidArgumentError("Request must include the \"artifact_file_path\" query parameter."),
                                "BAD_REQUEST");
    }
    ASSIGN_OR_RETURN(const std::string path, ReadMlflowPath(request->artifact_file_path()));
    ASSIGN_OR_RETURN(const Artifact artifact, artifacts_.Get(workspace, ArtifactRoot::OfLoggedModel(request->model_id()), path));
    return SendFile(blobs_, {artifact.blob, artifact.path, request->range(), ""}, *writer);
  });
}

grpc::Status MlflowArtifactsService::UploadArtifact(grpc::ServerContext* context,
                                                    grpc::ServerReader<mlpb::UploadArtifactRequest>* reader,
                                                    mlpb::UploadArtifactResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    mlpb::UploadArtifactRequest message;
    if (!reader->Read(&message)) return InvalidPath();
    ASSIGN_OR_RETURN(const std::string path, ReadUploadPath(message.artifact_path()));
    ASSIGN_OR_RETURN(const std::unique_ptr<BlobWriter> writer, blobs_.Create());
    ASSIGN_OR_RETURN(const Blob blob, ReceiveFile(*context, message, *reader, *writer));
    return artifacts_.Put(workspace, ArtifactRoot::Tree(), path, blob, *writer).status();
  });
}

grpc::Status MlflowArtifactsService::DownloadArtifact(grpc::ServerContext* context, const mlpb::DownloadArtifactRequest* request,
                                                      grpc::ServerWriter<mlpb::ArtifactBytes>* writer) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const MlflowPath path, ParseMlflowPath(request->artifact_path()));
    if (path.given.empty()) return Detail("Artifact path must include a filename.");
    const absl::StatusOr<Artifact> artifact = artifacts_.Get(workspace, ArtifactRoot::Tree(), path.kept);
    if (absl::IsNotFound(artifact.status())) return absl::NotFoundError(absl::StrCat("No such artifact: '", path.given, "'"));
    if (absl::IsInvalidArgument(artifact.status())) return Detail(artifact.status().message());
    if (!artifact.ok()) return artifact.status();
    return SendFile(blobs_, {artifact->blob, artifact->path, request->range(), request->if_range()}, *writer);
  });
}

grpc::Status MlflowArtifactsService::ListProxiedArtifacts(grpc::ServerContext* context,
                                                          const mlpb::ListProxiedArtifactsRequest* request,
                                                          mlpb::ListProxiedArtifactsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::string path, ReadMlflowPath(request->path()));
    return ListInto(artifacts_, workspace, ArtifactRoot::Tree(), path, true, reply->mutable_files());
  });
}

grpc::Status MlflowArtifactsService::DeleteArtifact(grpc::ServerContext* context, const mlpb::DeleteArtifactRequest* request,
                                                    mlpb::DeleteArtifactResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::string path, ReadFilePath(request->artifact_path()));
    return artifacts_.Delete(workspace, ArtifactRoot::Tree(), path).status();
  });
}

grpc::Status MlflowArtifactsService::CreateMultipartUpload(grpc::ServerContext* context,
                                                           const mlpb::CreateMultipartUploadRequest* request,
                                                           mlpb::CreateMultipartUploadResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::string path, UploadTarget(request->artifact_path(), request->path()));
    const std::int64_t parts = request->has_num_parts() ? request->num_parts() : 1;
    ASSIGN_OR_RETURN(const std::string upload_id, uploads_.Create(workspace, path, parts));
    reply->set_upload_id(upload_id);
    const std::string address = Address(request->host(), request->forwarded_proto());
    for (std::int64_t number = 1; number <= parts; ++number) {
      mlpb::MultipartUploadCredential* credential = reply->add_credentials();
      credential->set_part_number(number);
      credential->set_url(absl::StrCat(address, "/mpu/parts/", upload_id, "/", number));
    }
    return absl::OkStatus();
  });
}

grpc::Status MlflowArtifactsService::UploadPart(grpc::ServerContext* context, grpc::ServerReader<mlpb::UploadPartRequest>* reader,
                                                mlpb::UploadPartResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller&) -> absl::Status {
    mlpb::UploadPartRequest message;
    if (!reader->Read(&message)) return absl::InvalidArgumentError("upload_id: is missing");
    const std::int64_t number = message.part_number();
    ASSIGN_OR_RETURN(const ArtifactUpload upload, uploads_.FindForPart(message.upload_id(), number));
    ASSIGN_OR_RETURN(const std::unique_ptr<BlobWriter> writer, blobs_.Create());
    ASSIGN_OR_RETURN(const Blob blob, ReceiveFile(*context, message, *reader, *writer));
    RETURN_IF_ERROR(uploads_.PutPart(upload, number, blob, *writer));
    reply->set_etag(EtagOf(blob));
    return absl::OkStatus();
  });
}

grpc::Status MlflowArtifactsService::CompleteMultipartUpload(grpc::ServerContext* context,
                                                             const mlpb::CompleteMultipartUploadRequest* request,
                                                             mlpb::CompleteMultipartUploadResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::string path, UploadTarget(request->artifact_path(), request->path()));
    std::map<std::int64_t, std::string> etags;
    for (const mlpb::MultipartUploadPart& part : request->parts()) etags[part.part_number()] = part.etag();
    return uploads_.Complete(workspace, path, request->upload_id(), etags);
  });
}

grpc::Status MlflowArtifactsService::AbortMultipartUpload(grpc::ServerContext* context,
                                                          const mlpb::AbortMultipartUploadRequest* request,
                                                          mlpb::AbortMultipartUploadResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::string path, UploadTarget(request->artifact_path(), request->path()));
    return uploads_.Abort(workspace, path, request->upload_id());
  });
}

grpc::Status MlflowArtifactsService::GetPresignedDownloadUrl(grpc::ServerContext* context,
                                                             const mlpb::GetPresignedDownloadUrlRequest* request,
                                                             mlpb::GetPresignedDownloadUrlResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::string path, ReadFilePath(request->artifact_path()));
    ASSIGN_OR_RETURN(const Artifact artifact, artifacts_.Get(workspace, ArtifactRoot::Tree(), path));
    const std::string name(BaseName(artifact.path));
    ASSIGN_OR_RETURN(const std::string token, uploads_.Grant({workspace, artifact.blob, name}));
    reply->set_url(absl::StrCat(Address(request->host(), request->forwarded_proto()), "/presigned-content/", token, "/",
                                PercentEncoded(name)));
    reply->set_file_size(static_cast<std::int64_t>(artifact.blob.size));
    return absl::OkStatus();
  });
}

grpc::Status MlflowArtifactsService::DownloadPresigned(grpc::ServerContext* context,
                                                       const mlpb::DownloadPresignedRequest* request,
                                                       grpc::ServerWriter<mlpb::ArtifactBytes>* writer) {
  return rpc::Answer(*context, [&](const auth::Caller&) -> absl::Status {
    ASSIGN_OR_RETURN(const DownloadGrant grant, uploads_.FindGrant(request->token()));
    return SendFile(blobs_, {grant.blob, grant.name, request->range(), ""}, *writer);
  });
}

}  // namespace millwright::tracker
