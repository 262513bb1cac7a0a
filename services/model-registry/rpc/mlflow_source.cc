#include "model-registry/rpc/mlflow_source.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/status.h"
#include "model-registry/rpc/mlflow_checks.h"
#include "model-registry/rpc/mlflow_uri.h"

namespace millwright::registry {
namespace {

absl::Status Invalid(const std::string& source, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("Invalid model version source: '", source, "'. ", why));
}

absl::Status NotOf(const std::string& source, absl::string_view id) {
  return Invalid(source, absl::StrCat("The ", id, " request parameter must identify the resource that contains the source."));
}

absl::Status CheckHost(const MlflowUri& uri) {
  const std::optional<std::string> scheme = HostScheme(uri);
  if (!scheme) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("'source' cannot use the '", *scheme, "' scheme: the '", *scheme,
                                                 "' scheme addresses a host other than the tracking server's configured artifact "
                                                 "storage, so the server would connect to the "
                                                 "host named in the URI. Set the MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES "
                                                 "environment variable on the server to allow it."));
}

/// A path on the server's own disk, which this server never has artifacts on. An error for `file://host/…`.
absl::StatusOr<bool> IsLocal(const std::string& source, const MlflowUri& uri) {
  if (uri.scheme.empty()) return true;
  if (uri.scheme != "file") return false;
  const bool is_remote = !uri.authority.empty() && uri.authority != "." && !absl::StartsWith(uri.authority, "localhost") &&
                         !absl::StartsWith(uri.authority, "127.0.0.1");
  if (!is_remote) return true;
  return rpc::WithErrorCode(
      absl::InvalidArgumentError(absl::StrCat(source,
                                              " is not a valid remote uri. For remote access on windows, please consider using "
                                              "a different scheme such as SMB (e.g. smb://<hostname>/<path>).")),
      "INTERNAL_ERROR");
}

absl::Status LocalRefused(const std::string& source, const MlflowUri& uri, bool names_owner, absl::string_view id) {
  // MLflow looks at the path itself once there is a run to compare it with, and names that.
  const std::string named = names_owner && uri.scheme == "file" ? uri.path : source;
  return Invalid(named, absl::StrCat("To use a local path as a model version source, the ", id,
                                     " request parameter has to be specified and the local path has to be contained within the "
                                     "artifact directory of the run specified by the ",
                                     id, "."));
}

absl::Status CheckPlain(const std::string& source) {
  if (IsPlain(source)) return absl::OkStatus();
  return Invalid(
      source,
      "If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute "
      "path must be provided without relative path references present. Please provide an absolute path.");
}

/// `models:/name/…` as the version it means, with what that version is known by.
absl::StatusOr<ResolvedSource> OfRegisteredVersion(const base::WorkspaceId& workspace, const MlflowSource& given,
                                                   const ModelUri& uri, Registry& registry) {
  RETURN_IF_ERROR(OfModel(registry.models().GetModel(workspace, uri.name).status(), uri.name));
  absl::StatusOr<ModelVersion> found = absl::NotFoundError("");
  MlflowVersion number;
  if (!uri.version.empty()) {
    ASSIGN_OR_RETURN(number, ReadMlflowVersion(uri.version));
    found = registry.versions().GetVersion(workspace, uri.name, number.number);
    if (!found.ok()) return OfVersion(found.status(), uri.name, number);
  } else if (!uri.alias.empty()) {
    found = registry.versions().GetVersionByAlias(workspace, uri.name, uri.alias);
    if (absl::IsNotFound(found.status()))
      return absl::InvalidArgumentError(absl::StrCat("Registered model alias ", uri.alias, " not found."));
  } else {
    std::vector<Stage> stages;
    if (!uri.stage.empty()) {
      ASSIGN_OR_RETURN(const Stage stage, ReadMlflowStage(uri.stage));
      stages.push_back(stage);
    }
    ASSIGN_OR_RETURN(std::vector<ModelVersion> latest, registry.versions().LatestVersions(workspace, {uri.name}, stages));
    if (latest.empty()) return absl::NotFoundError(absl::StrCat("Latest version not found for model ", uri.name, "."));
    found = *std::max_element(latest.begin(), latest.end(),
                              [](const ModelVersion& a, const ModelVersion& b) { return a.version < b.version; });
  }
  RETURN_IF_ERROR(found.status());
  const bool is_other_run = given.run_id && *given.run_id != found->run_id;
  const bool is_other_model = given.model_id && *given.model_id != found->logged_model_id;
  if (is_other_run || is_other_model)
    return Invalid(given.source, "The run_id and model_id request parameters must match the referenced model version.");
  const std::string stored = found->source.empty() ? absl::StrCat("runs:/", found->run_id, "/model") : found->source;
  return ResolvedSource{.source = absl::StrCat("models:/", uri.name, "/", found->version),
                        .storage_uri = found->storage_uri.empty() ? stored : found->storage_uri,
                        .run_id = found->run_id,
                        .model_id = found->logged_model_id};
}

absl::Status OfLoggedModel(const absl::Status& status, const std::string& model_id) {
  if (!absl::IsNotFound(status)) return status;
  return absl::NotFoundError(absl::StrCat("Logged model with ID '", model_id, "' not found."));
}

absl::Status CheckOfModel(const base::WorkspaceId& workspace, const ResolvedSource& source, const MlflowUri& uri,
                          Registry& registry) {
  ASSIGN_OR_RETURN(const bool is_local, IsLocal(source.source, uri));
  if (is_local) {
    const absl::Status model = registry.tracker().GetLoggedModel(workspace, source.model_id).status();
    return absl::IsNotFound(model) ? NotOf(source.source, "model_id") : LocalRefused(source.source, uri, true, "model_id");
  }
  RETURN_IF_ERROR(CheckPlain(source.source));
  if (uri.scheme == "models") {
    const std::optional<ModelUri> model = ParseModelUri(source.source);
    if (!uri.authority.empty() || !model || (!model->model_id.empty() && model->model_id != source.model_id))
      return NotOf(source.source, "model_id");
  }
  if (uri.scheme == "runs") return NotOf(source.source, "model_id");
  if (uri.scheme != "mlflow-artifacts") return absl::OkStatus();
  const absl::StatusOr<LoggedModelFacts> model = registry.tracker().GetLoggedModel(workspace, source.model_id);
  if (absl::IsNotFound(model.status())) return NotOf(source.source, "model_id");
  RETURN_IF_ERROR(model.status());
  return IsWithin(source.source, model->artifact_uri) ? absl::OkStatus() : NotOf(source.source, "model_id");
}

absl::Status CheckOfRun(const base::WorkspaceId& workspace, const ResolvedSource& source, const MlflowUri& uri,
                        Registry& registry) {
  ASSIGN_OR_RETURN(const bool is_local, IsLocal(source.source, uri));
  if (is_local) {
    if (source.run_id.empty()) return LocalRefused(source.source, uri, false, "run_id");
    const absl::Status run = registry.tracker().GetRun(workspace, source.run_id).status();
    const bool is_unknown = absl::IsNotFound(run) || absl::IsInvalidArgument(run);
    return is_unknown ? NotOf(source.source, "run_id") : LocalRefused(source.source, uri, true, "run_id");
  }
  RETURN_IF_ERROR(CheckPlain(source.source));
  if (uri.scheme == "runs") {
    const absl::string_view run = absl::string_view(uri.path).substr(std::min<std::size_t>(1, uri.path.size()));
    const bool is_its_own = uri.authority.empty() && !source.run_id.empty() && run.substr(0, run.find('/')) == source.run_id;
    return is_its_own ? absl::OkStatus() : NotOf(source.source, "run_id");
  }
  if (uri.scheme == "models") {
    const std::optional<ModelUri> model = ParseModelUri(source.source);
    if (!uri.authority.empty() || !model || !model->model_id.empty()) return NotOf(source.source, "model_id");
  }
  if (uri.scheme != "mlflow-artifacts") return absl::OkStatus();
  if (source.run_id.empty()) return NotOf(source.source, "run_id");
  const absl::StatusOr<RunFacts> run = registry.tracker().GetRun(workspace, source.run_id);
  if (absl::IsNotFound(run.status()) || absl::IsInvalidArgument(run.status())) return NotOf(source.source, "run_id");
  RETURN_IF_ERROR(run.status());
  return IsWithin(source.source, run->artifact_uri) ? absl::OkStatus() : NotOf(source.source, "run_id");
}

}  // namespace

absl::StatusOr<ResolvedSource> ResolveSource(const base::WorkspaceId& workspace, const MlflowSource& given, Registry& registry) {
  const MlflowUri uri = SplitUri(given.source);
  RETURN_IF_ERROR(CheckHost(uri));
  ResolvedSource resolved{.source = given.source, .run_id = given.run_id.value_or(""), .model_id = given.model_id.value_or("")};
  if (uri.scheme == "models") {
    if (!uri.authority.empty()) return Invalid(given.source, "Registered model sources must use the active model registry.");
    const std::optional<ModelUri> model = ParseModelUri(given.source);
    if (!model) return NotOf(given.source, "model_id");
    if (model->model_id.empty()) {
      ASSIGN_OR_RETURN(resolved, OfRegisteredVersion(workspace, given, *model, registry));
      return resolved;
    }
  }
  RETURN_IF_ERROR(resolved.model_id.empty() ? CheckOfRun(workspace, resolved, uri, registry)
                                            : CheckOfModel(workspace, resolved, uri, registry));
  if (resolved.model_id.empty()) return resolved;
  const absl::StatusOr<LoggedModelFacts> model = registry.tracker().GetLoggedModel(workspace, resolved.model_id);
  RETURN_IF_ERROR(OfLoggedModel(model.status(), resolved.model_id));
  if (uri.scheme == "models") resolved.storage_uri = model->artifact_uri;
  if (resolved.run_id.empty()) resolved.run_id = model->source_run_id;
  return resolved;
}

}  // namespace millwright::registry
