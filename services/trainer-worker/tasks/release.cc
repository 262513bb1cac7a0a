#include <limits>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/convert.h"
#include "trainer-worker/tasks/spec.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {
namespace {

absl::StatusOr<registry::v1::Stage> ParseStage(const std::string& name) {
  if (name == "Staging") return registry::v1::STAGE_STAGING;
  if (name == "Production") return registry::v1::STAGE_PRODUCTION;
  if (name == "Archived") return registry::v1::STAGE_ARCHIVED;
  return absl::InvalidArgumentError(absl::StrCat("stage is \"", name, "\"; it must be Staging, Production or Archived"));
}

absl::Status CreateModelIfAbsent(const std::string& model, TaskContext& context) {
  registry::v1::CreateRegisteredModelRequest request;
  request.set_name(model);
  registry::v1::RegisteredModel reply;
  const absl::Status status =
      context.Write(&registry::v1::RegistryService::Stub::CreateRegisteredModel, context.platform.registry(), request, &reply);
  return absl::IsAlreadyExists(status) ? absl::OkStatus() : status;
}

absl::StatusOr<int> CreateVersion(const std::string& model, const std::string& run_id, const std::string& content_hash,
                                  const nlohmann::json& files, const nlohmann::json& lineage, TaskContext& context) {
  registry::v1::CreateModelVersionRequest request;
  request.set_name(model);
  request.set_run_id(run_id);
  request.set_content_hash(content_hash);
  *request.mutable_lineage() = rpc::ToStruct(lineage);
  request.set_request_id(context.RequestId("version"));
  for (const nlohmann::json& file : files) {
    SpecReader reader(file, absl::StrCat("with.files[", request.files_size(), "]"));
    registry::v1::BundleFile* added = request.add_files();
    added->set_path(reader.Text("path"));
    added->set_sha256(reader.Text("sha256"));
    added->set_size(static_cast<std::uint64_t>(reader.Int("size", 0, 0, std::int64_t{1} << 53)));
    RETURN_IF_ERROR(reader.Finish());
  }
  registry::v1::ModelVersion version;
  RETURN_IF_ERROR(
      context.Write(&registry::v1::RegistryService::Stub::CreateModelVersion, context.platform.registry(), request, &version));
  return version.version();
}

absl::Status RecordEvaluation(const std::string& model, int version, const std::string& dataset_version_id,
                              const std::string& run_id, const nlohmann::json& metrics, TaskContext& context) {
  registry::v1::RecordEvaluationRequest request;
  request.set_name(model);
  request.set_version(version);
  request.set_dataset_version_id(dataset_version_id);
  request.set_run_id(run_id);
  for (const auto& [name, value] : metrics.items()) {
    if (value.is_number()) (*request.mutable_metrics())[name] = value.get<double>();
  }
  registry::v1::Evaluation reply;
  return context.Write(&registry::v1::RegistryService::Stub::RecordEvaluation, context.platform.registry(), request, &reply);
}

absl::Status SetGate(const std::string& model, const nlohmann::json& gate, TaskContext& context) {
  SpecReader reader(gate, "with.gate");
  const std::string stage = reader.Text("stage");
  const nlohmann::json rules = reader.Array("rules");
  RETURN_IF_ERROR(reader.Finish());
  registry::v1::SetGateRequest request;
  request.set_name(model);
  ASSIGN_OR_RETURN(const registry::v1::Stage parsed, ParseStage(stage));
  request.set_stage(parsed);
  for (const nlohmann::json& json : rules) {
    SpecReader rule(json, absl::StrCat("with.gate.rules[", request.rules_size(), "]"));
    registry::v1::GateRule* added = request.add_rules();
    added->set_metric(rule.Text("metric"));
    const bool is_minimize = rule.OneOf("direction", {"minimize", "maximize"}) == "minimize";
    const double bound = rule.Number("bound", 0, -1e300, 1e300);
    if (rule.Has("bound")) added->set_bound(bound);
    added->set_no_worse_than_production(rule.Bool("no_worse_than_production", false));
    added->set_within_interval(rule.Bool("within_interval", false));
    RETURN_IF_ERROR(rule.Finish());
    added->set_direction(is_minimize ? registry::v1::DIRECTION_MINIMIZE : registry::v1::DIRECTION_MAXIMIZE);
  }
  registry::v1::Gate reply;
  return context.Write(&registry::v1::RegistryService::Stub::SetGate, context.platform.registry(), request, &reply);
}

}  // namespace

absl::StatusOr<nlohmann::json> Register(const nlohmann::json& spec_json, TaskContext& context) {
  SpecReader reader(spec_json);
  const std::string model = reader.Text("model");
  const std::string run_id = reader.Text("run_id");
  const std::string content_hash = reader.Text("content_hash");
  const nlohmann::json files = reader.Array("files");
  const nlohmann::json lineage = reader.ObjectOr("lineage", nlohmann::json::object());
  const nlohmann::json evaluation = reader.ObjectOr("evaluation", nullptr);
  const nlohmann::json gate = reader.ObjectOr("gate", nullptr);
  RETURN_IF_ERROR(reader.Finish());

  RETURN_IF_ERROR(CreateModelIfAbsent(model, context));
  ASSIGN_OR_RETURN(const int version, CreateVersion(model, run_id, content_hash, files, lineage, context));
  if (!evaluation.is_null()) {
    SpecReader scored(evaluation, "with.evaluation");
    const std::string dataset_version_id = scored.Text("dataset_version_id");
    const nlohmann::json metrics = scored.Object("metrics");
    const int production = static_cast<int>(scored.Int("production_version", 0, 0, std::numeric_limits<int>::max()));
    const nlohmann::json production_metrics = scored.ObjectOr("production_metrics", nlohmann::json::object());
    scored.Ignore("production_error");
    RETURN_IF_ERROR(scored.Finish());
    RETURN_IF_ERROR(RecordEvaluation(model, version, dataset_version_id, run_id, metrics, context));
    if (production != 0 && !production_metrics.empty()) {
      RETURN_IF_ERROR(RecordEvaluation(model, production, dataset_version_id, run_id, production_metrics, context));
    }
  }
  if (!gate.is_null()) RETURN_IF_ERROR(SetGate(model, gate, context));
  return nlohmann::json{{"model", model}, {"version", version}};
}

absl::StatusOr<nlohmann::json> Promote(const nlohmann::json& spec_json, TaskContext& context) {
  SpecReader reader(spec_json);
  registry::v1::PromoteModelVersionRequest request;
  request.set_name(reader.Text("model"));
  request.set_version(static_cast<int>(reader.Int("version", 0, 1, std::numeric_limits<int>::max())));
  const std::string stage = reader.Text("stage");
  request.set_reason(reader.Text("reason", absl::StrCat("pipeline run ", context.task.pipeline_run_id())));
  RETURN_IF_ERROR(reader.Finish());
  ASSIGN_OR_RETURN(const registry::v1::Stage parsed, ParseStage(stage));
  request.set_stage(parsed);
  request.set_request_id(context.RequestId("promote"));
  registry::v1::Promotion promotion;
  RETURN_IF_ERROR(
      context.Write(&registry::v1::RegistryService::Stub::PromoteModelVersion, context.platform.registry(), request, &promotion));
  return nlohmann::json{{"stage", stage}, {"revision", promotion.revision()}, {"replaced_version", promotion.replaced_version()}};
}

absl::StatusOr<nlohmann::json> AwaitServing(const nlohmann::json& spec_json, TaskContext& context) {
  SpecReader reader(spec_json);
  const std::string model = reader.Text("model");
  const int version = static_cast<int>(reader.Int("version", 0, 1, std::numeric_limits<int>::max()));
  const auto timeout = absl::Seconds(reader.Int("timeout_seconds", 60, 1, 3600));
  RETURN_IF_ERROR(reader.Finish());
  const absl::Time give_up = absl::Now() + timeout;
  std::string last = "serving does not know the model yet";
  while (absl::Now() < give_up) {
    RETURN_IF_ERROR(context.lease.EnsureHeld());
    serving::v1::ServingStatus status;
    RETURN_IF_ERROR(context.platform.Call(&serving::v1::ServingService::Stub::GetServingStatus, context.platform.serving(),
                                          serving::v1::GetServingStatusRequest(), &status));
    for (const serving::v1::LoadedModel& loaded : status.models()) {
      if (loaded.name() != model) continue;
      if (loaded.version() == version) return nlohmann::json{{"inference_address", status.inference_address()}};
      if (loaded.wanted_version() == version && loaded.state() == serving::v1::LOAD_STATE_FAILED) {
        return absl::FailedPreconditionError(
            absl::StrCat("serving cannot load ", model, " version ", version, ": ", loaded.reason()));
      }
      last = absl::StrCat("serving answers with version ", loaded.version());
    }
    absl::SleepFor(absl::Milliseconds(100));
  }
  return absl::DeadlineExceededError(
      absl::StrCat(model, " version ", version, " is not served after ", absl::FormatDuration(timeout), ": ", last));
}

}  // namespace millwright::trainer
