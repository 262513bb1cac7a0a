#include "model-registry/rpc/tracker_client.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/client.h"
#include "lib/rpc/status.h"
#include "nlohmann/json.hpp"

namespace millwright::registry {
namespace {

namespace tracking = millwright::tracker::v1;
constexpr absl::Duration kTimeout = absl::Seconds(10);
constexpr absl::Duration kDownload = absl::Minutes(30);
constexpr char kVersionsTag[] = "mlflow.modelVersions";  // where MLflow's pages look

/// The tag's list with one more entry, spaced as MLflow writes it.
std::string VersionsTag(const std::string& old, const std::string& name, int version) {
  nlohmann::json versions = nlohmann::json::parse(old, nullptr, /*allow_exceptions=*/false);
  if (!versions.is_array()) versions = nlohmann::json::array();
  const nlohmann::json entry{{"name", name}, {"version", version}};
  if (std::find(versions.begin(), versions.end(), entry) == versions.end()) versions.push_back(entry);
  std::vector<std::string> texts;
  for (const nlohmann::json& known : versions) {
    if (!known.is_object() || !known.contains("name") || !known.contains("version")) continue;
    const auto text = [](const nlohmann::json& value) {
      return value.dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace);
    };
    texts.push_back(absl::StrCat("{\"name\": ", text(known["name"]), ", \"version\": ", text(known["version"]), "}"));
  }
  return absl::StrCat("[", absl::StrJoin(texts, ", "), "]");
}

}  // namespace

TrackerClient::TrackerClient(std::shared_ptr<grpc::Channel> channel, const auth::Signer& signer)
    : signer_(signer),
      runs_(tracking::TrackerService::NewStub(channel)),
      artifacts_(tracking::ArtifactService::NewStub(channel)),
      logged_models_(tracking::LoggedModelService::NewStub(channel)) {}

void TrackerClient::Prepare(grpc::ClientContext& context, const base::WorkspaceId& workspace) const {
  rpc::PrepareFor(context, kTimeout, signer_.Self(workspace));
}

absl::Status TrackerClient::Pin(const base::WorkspaceId& workspace, const std::string& owner,
                                const std::vector<std::string>& sha256s) {
  tracking::PinBlobsRequest request;
  request.set_workspace_id(workspace.value());
  request.set_owner(owner);
  for (const std::string& sha256 : sha256s) request.add_sha256s(sha256);
  tracking::PinBlobsResponse reply;
  grpc::ClientContext context;
  Prepare(context, workspace);
  return rpc::FromGrpc(artifacts_->PinBlobs(&context, request, &reply));
}

absl::StatusOr<std::vector<BundleFile>> TrackerClient::PinFilesAt(const base::WorkspaceId& workspace, const std::string& owner,
                                                                  const std::string& location) {
  tracking::PinArtifactsRequest request;
  request.set_workspace_id(workspace.value());
  request.set_owner(owner);
  request.set_location(location);
  tracking::PinArtifactsResponse reply;
  grpc::ClientContext context;
  Prepare(context, workspace);
  RETURN_IF_ERROR(rpc::FromGrpc(artifacts_->PinArtifacts(&context, request, &reply)));
  std::vector<BundleFile> files;
  for (const tracking::Artifact& artifact : reply.artifacts())
    files.push_back({.path = artifact.path(), .sha256 = artifact.blob().sha256(), .size = artifact.blob().size()});
  return files;
}

absl::Status TrackerClient::Unpin(const base::WorkspaceId& workspace, const std::string& owner) {
  tracking::UnpinBlobsRequest request;
  request.set_workspace_id(workspace.value());
  request.set_owner(owner);
  tracking::UnpinBlobsResponse reply;
  grpc::ClientContext context;
  Prepare(context, workspace);
  return rpc::FromGrpc(artifacts_->UnpinBlobs(&context, request, &reply));
}

absl::StatusOr<RunFacts> TrackerClient::GetRun(const base::WorkspaceId& workspace, const std::string& run_id) {
  tracking::GetRunRequest request;
  request.set_run_id(run_id);
  tracking::Run run;
  grpc::ClientContext context;
  Prepare(context, workspace);
  RETURN_IF_ERROR(rpc::FromGrpc(runs_->GetRun(&context, request, &run)));
  RunFacts facts{.artifact_uri = run.artifact_uri()};
  for (const auto& param : run.params()) facts.params[param.key()] = param.value();
  for (const auto& metric : run.metrics()) facts.metrics[metric.key()] = metric.value();
  for (const auto& tag : run.tags()) facts.tags[tag.key()] = tag.value();
  return facts;
}

absl::StatusOr<LoggedModelFacts> TrackerClient::GetLoggedModel(const base::WorkspaceId& workspace, const std::string& model_id) {
  tracking::GetLoggedModelRequest request;
  request.set_model_id(model_id);
  tracking::LoggedModel model;
  grpc::ClientContext context;
  Prepare(context, workspace);
  RETURN_IF_ERROR(rpc::FromGrpc(logged_models_->GetLoggedModel(&context, request, &model)));
  LoggedModelFacts facts{.artifact_uri = model.artifact_uri(), .source_run_id = model.source_run_id()};
  for (const auto& param : model.params()) facts.params[param.key()] = param.value();
  for (const auto& point : model.metrics()) facts.metrics[point.metric().key()] = point.metric().value();
  return facts;
}

absl::Status TrackerClient::NoteVersion(const base::WorkspaceId& workspace, const std::string& model_id, const std::string& name,
                                        int version) {
  tracking::GetLoggedModelRequest get;
  get.set_model_id(model_id);
  tracking::LoggedModel model;
  {
    grpc::ClientContext context;
    Prepare(context, workspace);
    RETURN_IF_ERROR(rpc::FromGrpc(logged_models_->GetLoggedModel(&context, get, &model)));
  }
  std::string known;
  for (const auto& tag : model.tags()) {
    if (tag.key() == kVersionsTag) known = tag.value();
  }
  tracking::SetLoggedModelTagsRequest set;
  set.set_model_id(model_id);
  tracking::KeyValue* tag = set.add_tags();
  tag->set_key(kVersionsTag);
  tag->set_value(VersionsTag(known, name, version));
  grpc::ClientContext context;
  Prepare(context, workspace);
  return rpc::FromGrpc(logged_models_->SetLoggedModelTags(&context, set, &model));
}

absl::Status TrackerClient::ReadBlob(const base::WorkspaceId& workspace, const std::string& sha256,
                                     const std::function<absl::Status(absl::string_view)>& sink) {
  tracking::DownloadBlobRequest request;
  request.set_sha256(sha256);
  request.set_workspace_id(workspace.value());
  grpc::ClientContext context;
  rpc::PrepareFor(context, kDownload, signer_.Self(workspace));
  const auto reader = artifacts_->DownloadBlob(&context, request);
  tracking::BlobChunk chunk;
  absl::Status taken;
  while (taken.ok() && reader->Read(&chunk)) taken = sink(chunk.bytes());
  if (!taken.ok()) context.TryCancel();
  const grpc::Status ended = reader->Finish();
  return taken.ok() ? rpc::FromGrpc(ended) : taken;
}

}  // namespace millwright::registry
