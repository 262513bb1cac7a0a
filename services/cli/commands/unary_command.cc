#include "cli/commands/unary_command.h"

#include <google/protobuf/struct.pb.h>

#include <cstdio>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/door.h"
#include "cli/supervisor/plan.h"
#include "cli/supervisor/state_file.h"
#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/convert.h"
#include "millwright/gateway/v1/identity.pb.h"
#include "millwright/monitor/v1/monitor.pb.h"
#include "millwright/registry/v1/registry.pb.h"
#include "millwright/scheduler/v1/scheduler.pb.h"
#include "millwright/serving/v1/serving.pb.h"
#include "millwright/system/v1/system.pb.h"
#include "millwright/telemetry/v1/telemetry.pb.h"
#include "millwright/tracker/v1/tracker.pb.h"
#include "nlohmann/json.hpp"

namespace millwright::cli {
namespace {

namespace pb = google::protobuf;

#define TRACKER "millwright.tracker.v1.TrackerService."
#define ARTIFACTS "millwright.tracker.v1.ArtifactService."
#define DATASETS "millwright.tracker.v1.DatasetService."
#define LOGGED_MODELS "millwright.tracker.v1.LoggedModelService."
#define REGISTRY "millwright.registry.v1.RegistryService."
#define WEBHOOKS "millwright.registry.v1.WebhookService."
#define DEPLOYMENTS "millwright.registry.v1.DeploymentService."
#define PIPELINES "millwright.scheduler.v1.PipelineService."
#define SCHEDULES "millwright.scheduler.v1.ScheduleService."
#define STUDIES "millwright.scheduler.v1.StudyService."
#define TELEMETRY "millwright.telemetry.v1.TelemetryService."
#define MONITOR "millwright.monitor.v1.MonitorService."
#define TOKENS "millwright.gateway.v1.TokenService."
#define USERS "millwright.gateway.v1.UserService."
#define WORKSPACES "millwright.gateway.v1.WorkspaceService."

// Every command that is one call. `list` commands get --limit by themselves.
const std::vector<UnaryCommand>& Table() {
  static const auto* table = new std::vector<UnaryCommand>{
      {"experiments",
       "list",
       TRACKER "ListExperiments",
       "Experiments, newest first",
       {{"view", "view", From::kFlag, "active, deleted or all", "active"}}},
      {"experiments",
       "search",
       TRACKER "SearchExperiments",
       "Experiments by a filter",
       {{"filter", "filter", From::kFlag, "such as \"name LIKE 'plant/%'\""},
        {"order-by", "order_by", From::kList, "such as \"name ASC\""},
        {"view", "view", From::kFlag, "active, deleted or all", "active"}}},
      {"experiments", "get", TRACKER "GetExperiment", "One experiment", {{"ID", "experiment_id"}}},
      {"experiments",
       "create",
       TRACKER "CreateExperiment",
       "A new experiment",
       {{"NAME", "name"},
        {"artifacts", "artifact_location", From::kFlag, "URI for its artifacts; the platform's own store when not given"}}},
      {"experiments", "rename", TRACKER "UpdateExperiment", "Rename an experiment", {{"ID", "experiment_id"}, {"NAME", "name"}}},
      {"experiments",
       "delete",
       TRACKER "DeleteExperiment",
       "Delete an experiment with its runs; it can be restored",
       {{"ID", "experiment_id"}}},
      {"experiments", "restore", TRACKER "RestoreExperiment", "Bring a deleted experiment back", {{"ID", "experiment_id"}}},
      {"experiments",
       "purge",
       TRACKER "PurgeExperiment",
       "Remove a deleted experiment with its runs for ever",
       {{"ID", "experiment_id"}}},
      {"runs",
       "list",
       TRACKER "ListRuns",
       "Runs, newest first",
       {{"experiment", "experiment_id", From::kFlag, "only of this experiment (id)"},
        {"parent", "parent_run_id", From::kFlag, "only nested in this run"},
        {"tag", "tags", From::kList, "only with this tag, key=value"},
        {"view", "view", From::kFlag, "active, deleted or all", "active"}}},
      {"runs",
       "search",
       TRACKER "SearchRuns",
       "Runs by a filter",
       {{"experiment", "experiment_ids", From::kList, "only of this experiment (id)"},
        {"filter", "filter", From::kFlag, "such as \"metrics.rmse < 20 and params.depth = '6'\""},
        {"order-by", "order_by", From::kList, "such as \"metrics.rmse ASC\""},
        {"column", "columns", From::kList, "only this of what they logged, such as metrics.rmse"},
        {"view", "view", From::kFlag, "active, deleted or all", "active"}}},
      {"runs", "rename", TRACKER "UpdateRun", "Rename a run", {{"RUN", "run_id"}, {"NAME", "name"}}},
      {"runs", "note", TRACKER "UpdateRun", "Set a run's note", {{"RUN", "run_id"}, {"TEXT", "note"}}},
      {"runs",
       "finish",
       TRACKER "FinishRun",
       "End a run",
       {{"RUN", "run_id"}, {"status", "status", From::kFlag, "finished, failed or killed", "finished"}}},
      {"runs",
       "resume",
       TRACKER "UpdateRun",
       "Let a finished or lost run go on",
       {{"RUN", "run_id"}, {"", "status", From::kFixed, "", "running"}}},
      {"runs", "delete", TRACKER "DeleteRun", "Delete a run; it can be restored", {{"RUN", "run_id"}}},
      {"runs", "restore", TRACKER "RestoreRun", "Bring a deleted run back", {{"RUN", "run_id"}}},
      {"runs", "purge", TRACKER "PurgeRun", "Remove a deleted run for ever", {{"RUN", "run_id"}}},
      {"runs", "get", TRACKER "GetRun", "One run with its params, latest metrics and tags", {{"RUN", "run_id"}}},
      {"runs", "metrics", TRACKER "GetMetricHistory", "The history of one metric", {{"RUN", "run_id"}, {"KEY", "key"}}},
      {"runs artifacts",
       "list",
       ARTIFACTS "ListArtifacts",
       "The files of a run",
       {{"RUN", "run_id"}, {"path", "path", From::kFlag, "only below this path"}}},
      {"runs artifacts",
       "delete",
       ARTIFACTS "DeleteArtifacts",
       "Delete a file, or a folder with all it holds",
       {{"RUN", "run_id"}, {"PATH", "path"}}},
      {"models", "list", REGISTRY "ListRegisteredModels", "Registered models", {}},
      {"models", "get", REGISTRY "GetRegisteredModel", "One registered model", {{"NAME", "name"}}},
      {"models", "versions", REGISTRY "ListModelVersions", "The versions of a model, newest first", {{"NAME", "name"}}},
      {"models",
       "version",
       REGISTRY "GetModelVersion",
       "One version with its files and lineage",
       {{"NAME", "name"}, {"VERSION", "version"}}},
      {"models",
       "promote",
       REGISTRY "PromoteModelVersion",
       "Move a version to a stage, through its gate",
       {{"NAME", "name"},
        {"VERSION", "version"},
        {"stage", "stage", From::kFlag, "staging, production or archived", "production"},
        {"archive-existing", "archive_existing_versions", From::kFlag,
         "yes or no: whether the versions of the stage make room; for production yes when not given"},
        {"reason", "reason", From::kFlag, "for the history"}}},
      {"models",
       "rollback",
       REGISTRY "RollbackModel",
       "Return the version that was in Production before",
       {{"NAME", "name"},
        {"reason", "reason", From::kFlag, "for the history"},
        {"expected-version", "expected_version", From::kFlag, "refuse unless this version is in Production"}}},
      {"models", "history", REGISTRY "ListPromotions", "Promotions, refusals and rollbacks, newest first", {{"NAME", "name"}}},
      {"models",
       "gate",
       REGISTRY "CheckGate",
       "What the gate would say now; exit code 1 when it refuses",
       {{"NAME", "name"},
        {"VERSION", "version"},
        {"stage", "stage", From::kFlag, "staging, production or archived", "production"}}},
      {"models",
       "evaluations",
       REGISTRY "ListEvaluations",
       "The metrics of a version by dataset version",
       {{"NAME", "name"}, {"VERSION", "version"}}},
      {"models",
       "create",
       REGISTRY "CreateRegisteredModel",
       "A new registered model",
       {{"NAME", "name"}, {"description", "description", From::kFlag, "what it is for"}}},
      {"models",
       "describe",
       REGISTRY "UpdateRegisteredModel",
       "Replace the description of a model",
       {{"NAME", "name"}, {"TEXT", "description"}}},
      {"models", "rename", REGISTRY "RenameRegisteredModel", "Give a model another name", {{"NAME", "name"}, {"NEW", "new_name"}}},
      {"models",
       "delete",
       REGISTRY "DeleteRegisteredModel",
       "Delete a model with all its versions; its history stays",
       {{"NAME", "name"}, {"allow-production", "allow_production", From::kFlag, "yes: also while a version is in Production"}}},
      {"models",
       "delete-version",
       REGISTRY "DeleteModelVersion",
       "Delete a version; its number is not used again",
       {{"NAME", "name"},
        {"VERSION", "version"},
        {"allow-production", "allow_production", From::kFlag, "yes: also while it is in Production"}}},
      {"models",
       "search",
       REGISTRY "SearchRegisteredModels",
       "Models by a filter, such as \"name LIKE 'pump%' AND tags.team = 'north'\"",
       {{"FILTER", "filter"}, {"order-by", "order_by", From::kList, "such as \"last_updated_timestamp DESC\""}}},
      {"models",
       "search-versions",
       REGISTRY "SearchModelVersions",
       "Versions of all models by a filter, such as \"tags.site = 'A'\"",
       {{"FILTER", "filter"}, {"order-by", "order_by", From::kList, "such as \"version_number DESC\""}}},
      {"models",
       "describe-version",
       REGISTRY "UpdateModelVersion",
       "Replace a version's description or the text of its card",
       {{"NAME", "name"},
        {"VERSION", "version"},
        {"description", "description", From::kFlag, "its description"},
        {"card", "card_text", From::kFlag, "what people say on its card, Markdown"}}},
      {"models", "set-tag", REGISTRY "SetModelTag", "Tag a model", {{"NAME", "name"}, {"KEY", "key"}, {"VALUE", "value"}}},
      {"models", "delete-tag", REGISTRY "DeleteModelTag", "Take a tag away", {{"NAME", "name"}, {"KEY", "key"}}},
      {"models",
       "set-version-tag",
       REGISTRY "SetModelVersionTag",
       "Tag a version",
       {{"NAME", "name"}, {"VERSION", "version"}, {"KEY", "key"}, {"VALUE", "value"}}},
      {"models",
       "delete-version-tag",
       REGISTRY "DeleteModelVersionTag",
       "Take a tag of a version away",
       {{"NAME", "name"}, {"VERSION", "version"}, {"KEY", "key"}}},
      {"models",
       "set-alias",
       REGISTRY "SetModelAlias",
       "Let an alias name a version",
       {{"NAME", "name"}, {"ALIAS", "alias"}, {"VERSION", "version"}}},
      {"models", "delete-alias", REGISTRY "DeleteModelAlias", "Take an alias away", {{"NAME", "name"}, {"ALIAS", "alias"}}},
      {"models",
       "alias",
       REGISTRY "GetModelVersionByAlias",
       "The version that an alias names",
       {{"NAME", "name"}, {"ALIAS", "alias"}}},
      {"models", "gates", REGISTRY "ListGates", "The gates of a model", {{"NAME", "name"}}},
      {"models",
       "approve",
       REGISTRY "ApproveModelVersion",
       "Say yes to a version for a stage",
       {{"NAME", "name"},
        {"VERSION", "version"},
        {"stage", "stage", From::kFlag, "staging, production or archived", "production"},
        {"reason", "reason", From::kFlag, "why"}}},
      {"models",
       "reject",
       REGISTRY "RejectModelVersion",
       "Say no to a version for a stage",
       {{"NAME", "name"},
        {"VERSION", "version"},
        {"stage", "stage", From::kFlag, "staging, production or archived", "production"},
        {"reason", "reason", From::kFlag, "what is wrong", "", true}}},
      {"models",
       "approvals",
       REGISTRY "ListApprovals",
       "What people said of a version, newest first",
       {{"NAME", "name"}, {"VERSION", "version"}}},
      {"models",
       "record-check",
       REGISTRY "RecordCheck",
       "Record the result of a named check of a version",
       {{"NAME", "name"},
        {"VERSION", "version"},
        {"CHECK", "check"},
        {"passed", "is_passed", From::kFlag, "yes or no", "", true},
        {"details", "details", From::kFlag, "what was found"},
        {"link", "link", From::kFlag, "where a person reads more"}}},
      {"models",
       "checks",
       REGISTRY "ListChecks",
       "The checks of a version, newest first",
       {{"NAME", "name"}, {"VERSION", "version"}}},
      {"models",
       "card",
       REGISTRY "GetModelCard",
       "The card of a version, Markdown",
       {{"NAME", "name"}, {"VERSION", "version"}}},
      {"models",
       "compare",
       REGISTRY "CompareModelVersions",
       "Where two versions differ",
       {{"NAME", "name"},
        {"VERSION", "version"},
        {"OTHER", "other_version"},
        {"other-name", "other_name", From::kFlag, "the other version's model; the same when not given"},
        {"with-equal", "with_equal", From::kFlag, "yes: also what is the same"}}},
      {"models",
       "lineage",
       REGISTRY "GetLineage",
       "What a version comes from and where it serves",
       {{"NAME", "name"}, {"VERSION", "version"}}},
      {"runs", "lineage", REGISTRY "GetLineage", "What became of a run", {{"RUN", "run_id"}}},
      {"datasets", "lineage", REGISTRY "GetLineage", "What was made of a dataset version", {{"ID", "dataset_version_id"}}},
      {"deployments", "lineage", REGISTRY "GetLineage", "What a deployment comes from", {{"MODEL", "deployment"}}},
      {"webhooks", "list", WEBHOOKS "ListWebhooks", "Webhooks", {}},
      {"webhooks", "get", WEBHOOKS "GetWebhook", "One webhook", {{"ID", "webhook_id"}}},
      {"webhooks",
       "create",
       WEBHOOKS "CreateWebhook",
       "Tell a URL of changes; the secret is shown once",
       {{"NAME", "name"},
        {"URL", "url"},
        {"model", "model", From::kFlag, "only of this model"},
        {"event", "events", From::kList, "only of this event, such as version.transitioned"},
        {"secret", "secret", From::kFlag, "16 to 200 bytes; made up when not given"}}},
      {"webhooks",
       "pause",
       WEBHOOKS "UpdateWebhook",
       "Pause a webhook; what happens meanwhile is not told",
       {{"ID", "webhook_id"}, {"", "is_active", From::kFixed, "", "no"}}},
      {"webhooks",
       "resume",
       WEBHOOKS "UpdateWebhook",
       "Resume a webhook",
       {{"ID", "webhook_id"}, {"", "is_active", From::kFixed, "", "yes"}}},
      {"webhooks", "delete", WEBHOOKS "DeleteWebhook", "Delete a webhook", {{"ID", "webhook_id"}}},
      {"webhooks",
       "deliveries",
       WEBHOOKS "ListDeliveries",
       "What a webhook was told, newest first, with attempts and errors",
       {{"ID", "webhook_id"}, {"state", "state", From::kFlag, "queued, delivered or failed"}}},
      {"webhooks",
       "redeliver",
       WEBHOOKS "Redeliver",
       "Send a delivery again",
       {{"ID", "webhook_id"}, {"DELIVERY", "delivery_id"}}},
      {"models", "health", MONITOR "GetModelHealth", "Predictions and errors by version", {{"NAME", "name"}}},
      {"models", "serving", "millwright.serving.v1.ServingService.GetServingStatus", "What serving has loaded", {}},
      {"studies", "list", STUDIES "ListStudies", "Studies, newest first", {}},
      {"studies", "get", STUDIES "GetStudy", "One study", {{"STUDY", "study_id"}}},
      {"studies", "trials", STUDIES "ListTrials", "The trials of a study", {{"STUDY", "study_id"}}},
      {"pipelines", "list", PIPELINES "ListPipelines", "Pipelines", {}},
      {"pipelines", "get", PIPELINES "GetPipeline", "One pipeline with its parameters and definition", {{"NAME", "name"}}},
      {"pipelines",
       "runs",
       PIPELINES "ListPipelineRuns",
       "Pipeline runs, newest first",
       {{"pipeline", "name", From::kFlag, "only of this pipeline"}}},
      {"pipelines", "show", PIPELINES "GetPipelineRun", "One pipeline run with its steps", {{"RUN", "pipeline_run_id"}}},
      {"pipelines", "cancel", PIPELINES "CancelPipelineRun", "Cancel a pipeline run", {{"RUN", "pipeline_run_id"}}},
      {"schedules", "list", SCHEDULES "ListSchedules", "Schedules", {}},
      {"schedules", "get", SCHEDULES "GetSchedule", "One schedule", {{"NAME", "name"}}},
      {"schedules",
       "create",
       SCHEDULES "CreateSchedule",
       "Run a pipeline by the clock",
       {{"NAME", "name"},
        {"pipeline", "pipeline", From::kFlag, "the pipeline to run", "", true},
        {"cron", "cron", From::kFlag, "minute hour day-of-month month day-of-week", "", true},
        {"time-zone", "time_zone", From::kFlag, "IANA name, such as Asia/Seoul; UTC when not given"},
        {"set", "parameters", From::kSet, "a parameter of the pipeline, key=value"}}},
      {"schedules",
       "pause",
       SCHEDULES "UpdateSchedule",
       "Pause a schedule",
       {{"NAME", "name"}, {"", "is_paused", From::kFixed, "", "yes"}}},
      {"schedules",
       "resume",
       SCHEDULES "UpdateSchedule",
       "Resume a schedule",
       {{"NAME", "name"}, {"", "is_paused", From::kFixed, "", "no"}}},
      {"schedules", "delete", SCHEDULES "DeleteSchedule", "Delete a schedule", {{"NAME", "name"}}},
      {"runs", "links", LOGGED_MODELS "GetRunLinks", "What a run read and wrote: datasets and logged models", {{"RUN", "run_id"}}},
      {"logged-models",
       "list",
       LOGGED_MODELS "ListLoggedModels",
       "Logged models, newest first",
       {{"experiment", "experiment_id", From::kFlag, "only of this experiment"}, {"run", "source_run_id", From::kFlag, "only of this run"}}},
      {"logged-models", "get", LOGGED_MODELS "GetLoggedModel", "One logged model", {{"MODEL", "model_id"}}},
      {"logged-models", "delete", LOGGED_MODELS "DeleteLoggedModel", "Delete a logged model; its files stay", {{"MODEL", "model_id"}}},
      {"datasets",
       "list",
       DATASETS "ListDatasetVersions",
       "Dataset versions, newest first",
       {{"name", "name", From::kFlag, "only of this dataset"}}},
      {"datasets", "get", DATASETS "GetDatasetVersion", "One dataset version", {{"ID", "dataset_version_id"}}},
      {"deployments", "list", DEPLOYMENTS "ListDeployments", "What serving follows", {}},
      {"deployments", "get", DEPLOYMENTS "GetDeployment", "The deployment of a model", {{"MODEL", "name"}}},
      {"assets", "list", TELEMETRY "ListAssets", "Assets", {{"type", "asset_type", From::kFlag, "only of this type"}}},
      {"assets", "get", TELEMETRY "GetAsset", "One asset with its sensors", {{"ASSET", "asset_id"}}},
      {"assets",
       "events",
       TELEMETRY "ListEvents",
       "Failures and maintenance, in time order",
       {{"asset", "asset_ids", From::kList, "only of this asset"}}},
      {"predictions",
       "list",
       MONITOR "ListPredictions",
       "Predictions, newest first",
       {{"model", "model", From::kFlag, "only of this model"}}},
      {"predictions", "get", MONITOR "GetPrediction", "One prediction with its labels", {{"ID", "prediction_id"}}},
      {"tokens", "list", TOKENS "ListApiTokens", "API tokens", {}},
      {"tokens",
       "create",
       TOKENS "CreateApiToken",
       "A new API token; it is shown once",
       {{"NAME", "name"},
        {"role", "role", From::kFlag, "viewer, engineer, admin or worker; your own when not given"},
        {"days", "expires_in_days", From::kFlag, "until it expires; never when not given"},
        {"workspace", "workspace", From::kFlag, "the workspace it acts in; yours when not given"}}},
      {"tokens", "revoke", TOKENS "RevokeApiToken", "Revoke an API token", {{"ID", "token_id"}}},
      {"users", "list", USERS "ListUsers", "Users", {}},
      {"users", "get", USERS "GetUser", "One user", {{"NAME", "name"}}},
      {"users",
       "create",
       USERS "CreateUser",
       "A new user; `users link` lets them in",
       {{"NAME", "name"}, {"role", "role", From::kFlag, "viewer, engineer or admin", "viewer"}}},
      {"users", "link", USERS "CreateSignInLink", "A one-time link that signs a user in", {{"NAME", "name"}}},
      {"users", "set-role", USERS "UpdateUser", "Change a user's role", {{"NAME", "name"}, {"ROLE", "role"}}},
      {"users",
       "disable",
       USERS "UpdateUser",
       "End a user's sessions and tokens",
       {{"NAME", "name"}, {"", "is_disabled", From::kFixed, "", "yes"}}},
      {"users",
       "enable",
       USERS "UpdateUser",
       "Let a disabled user in again",
       {{"NAME", "name"}, {"", "is_disabled", From::kFixed, "", "no"}}},
      {"workspaces", "list", WORKSPACES "ListWorkspaces", "Workspaces", {}},
      {"workspaces", "create", WORKSPACES "CreateWorkspace", "A new workspace", {{"NAME", "name"}}},
      {"audit", "list", "millwright.gateway.v1.AuditService.ListAuditEntries", "Who did what, newest first", {}},
  };
  return *table;
}

// Descriptors of generated code are registered when their file is linked and first used; this uses each.
void LinkContracts() {
  gateway::v1::User::descriptor();
  monitor::v1::Prediction::descriptor();
  registry::v1::ModelVersion::descriptor();
  scheduler::v1::Pipeline::descriptor();
  serving::v1::ServingStatus::descriptor();
  system::v1::SystemStatus::descriptor();
  telemetry::v1::Asset::descriptor();
  tracker::v1::Run::descriptor();
}

absl::StatusOr<bool> ReadBool(const std::string& text) {
  const std::string lower = absl::AsciiStrToLower(text);
  if (lower == "yes" || lower == "true" || lower == "1") return true;
  if (lower == "no" || lower == "false" || lower == "0") return false;
  return absl::InvalidArgumentError("must be yes or no");
}

absl::StatusOr<const pb::EnumValueDescriptor*> ReadEnum(const pb::EnumDescriptor& type, const std::string& text) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string name = ShortEnumName(*type.value(i));
    if (name.empty()) continue;
    if (name == absl::AsciiStrToLower(text)) return type.value(i);
    names.push_back(name);
  }
  return absl::InvalidArgumentError(absl::StrCat("must be one of ", absl::StrJoin(names, ", ")));
}

// A value on the command line: JSON when it is JSON, else text.
nlohmann::json ReadLoose(const std::string& text) {
  nlohmann::json value = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_discarded() ? nlohmann::json(text) : value;
}

absl::Status CallPages(const Door& door, const pb::MethodDescriptor& method, pb::Message& request, pb::Message* reply,
                       int limit) {
  const pb::FieldDescriptor* size = method.input_type()->FindFieldByName("page_size");
  const pb::FieldDescriptor* token = method.input_type()->FindFieldByName("page_token");
  const pb::FieldDescriptor* next = method.output_type()->FindFieldByName("next_page_token");
  const pb::FieldDescriptor* list = ListField(*method.output_type());
  if (size == nullptr || token == nullptr || next == nullptr || list == nullptr) return door.Call(method, request, reply);
  const std::unique_ptr<pb::Message> page(reply->New());
  while (true) {
    const int left = limit - reply->GetReflection()->FieldSize(*reply, list);
    request.GetReflection()->SetInt32(&request, size, std::min(left, 500));
    page->Clear();
    RETURN_IF_ERROR(door.Call(method, request, page.get()));
    const std::string more = page->GetReflection()->GetString(*page, next);
    reply->MergeFrom(*page);  // appends the entries, takes the newer token
    if (more.empty()) reply->GetReflection()->ClearField(reply, next);
    if (more.empty() || reply->GetReflection()->FieldSize(*reply, list) >= limit) return absl::OkStatus();
    request.GetReflection()->SetString(&request, token, more);
  }
}

// What a person wants to know beyond the answer itself.
int Conclude(const pb::Message& reply, const Session& session) {
  if (const auto* decision = dynamic_cast<const registry::v1::GateDecision*>(&reply)) return decision->passed() ? kOk : kRefused;
  if (const auto* link = dynamic_cast<const gateway::v1::CreateSignInLinkResponse*>(&reply);
      link != nullptr && session.format == OutputFormat::kTable) {
    const absl::StatusOr<Home> home = Home::Find(session.home);
    const absl::StatusOr<SystemState> state = home.ok() ? ReadState(*home) : home.status();
    const int port = kGatewayHttpPort + (state.ok() ? state->port_offset : 0);
    std::printf("link        http://127.0.0.1:%d/sign-in?code=%s\n", port, link->code().c_str());
  }
  if (reply.GetDescriptor()->field_count() == 0 && session.format == OutputFormat::kTable) std::fprintf(stderr, "done\n");
  return kOk;
}

}  // namespace

const std::vector<UnaryCommand>& UnaryCommands() { return Table(); }

absl::StatusOr<std::pair<std::string, std::string>> SplitSetting(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return absl::InvalidArgumentError(absl::StrCat("--set ", text, ": write it as key=value"));
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

absl::Status SetField(pb::Message& message, const std::string& field_name, const std::string& name, const std::string& text) {
  const pb::FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(field_name);
  CHECK(field != nullptr);
  const pb::Reflection& reflection = *message.GetReflection();
  const auto wrong = [&](absl::string_view right) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": \"", text, "\" ", right));
  };
  switch (field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_STRING:
      field->is_repeated() ? reflection.AddString(&message, field, text) : reflection.SetString(&message, field, text);
      return absl::OkStatus();
    case pb::FieldDescriptor::CPPTYPE_INT32: {
      std::int32_t value = 0;
      if (!absl::SimpleAtoi(text, &value)) return wrong("is not a whole number");
      reflection.SetInt32(&message, field, value);
      return absl::OkStatus();
    }
    case pb::FieldDescriptor::CPPTYPE_BOOL: {
      const absl::StatusOr<bool> value = ReadBool(text);
      if (!value.ok()) return wrong(value.status().message());
      reflection.SetBool(&message, field, *value);
      return absl::OkStatus();
    }
    case pb::FieldDescriptor::CPPTYPE_ENUM: {
      const absl::StatusOr<const pb::EnumValueDescriptor*> value = ReadEnum(*field->enum_type(), text);
      if (!value.ok()) return wrong(value.status().message());
      reflection.SetEnum(&message, field, *value);
      return absl::OkStatus();
    }
    default:
      return absl::InternalError(absl::StrCat("the field ", field->full_name(), " cannot be set from the command line"));
  }
}

absl::Status FillRequest(const UnaryCommand& command, const Values& values, pb::Message& request) {
  for (const Argument& argument : command.arguments) {
    if (argument.from == From::kFixed) {
      RETURN_IF_ERROR(SetField(request, argument.field, argument.field, argument.fallback));
      continue;
    }
    const auto given = values.find(argument.name);
    std::vector<std::string> texts = given == values.end() ? std::vector<std::string>{} : given->second;
    if (texts.empty() && *argument.fallback != '\0') texts.push_back(argument.fallback);
    const std::string shown = argument.from == From::kPosition ? argument.name : absl::StrCat("--", argument.name);
    if (argument.from == From::kSet) {
      nlohmann::json settings = nlohmann::json::object();
      for (const std::string& text : texts) {
        ASSIGN_OR_RETURN(const auto setting, SplitSetting(text));
        settings[setting.first] = ReadLoose(setting.second);
      }
      const pb::FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(argument.field);
      request.GetReflection()->MutableMessage(&request, field)->CopyFrom(rpc::ToStruct(settings));
      continue;
    }
    for (const std::string& text : texts) RETURN_IF_ERROR(SetField(request, argument.field, shown, text));
  }
  return absl::OkStatus();
}

int Report(const absl::Status& status) {
  if (!status.ok()) std::fprintf(stderr, "millwright: %s\n", std::string(status.message()).c_str());
  return ExitCode(status);
}

int RunUnary(const UnaryCommand& command, const Values& values, const Session& session, int limit) {
  LinkContracts();
  const pb::MethodDescriptor* method = pb::DescriptorPool::generated_pool()->FindMethodByName(command.method);
  CHECK(method != nullptr);
  pb::MessageFactory& factory = *pb::MessageFactory::generated_factory();
  const std::unique_ptr<pb::Message> request(factory.GetPrototype(method->input_type())->New());
  const std::unique_ptr<pb::Message> reply(factory.GetPrototype(method->output_type())->New());
  if (const absl::Status status = FillRequest(command, values, *request); !status.ok()) {
    Report(status);
    return kUsage;
  }
  const absl::StatusOr<Home> home = Home::Find(session.home);
  if (!home.ok()) return Report(home.status());
  const absl::StatusOr<Door> door = Door::Open(*home, session.address, session.token);
  if (!door.ok()) return Report(door.status());
  if (const absl::Status status = CallPages(*door, *method, *request, reply.get(), limit); !status.ok()) return Report(status);
  std::fputs(Show(*reply, session.format).c_str(), stdout);
  return Conclude(*reply, session);
}

}  // namespace millwright::cli
