#include "model-registry/rpc/mlflow_convert.h"

#include "absl/strings/str_cat.h"

namespace millwright::registry {

mlflow_pb::ModelVersion ToMlflow(const ModelVersion& version) {
  mlflow_pb::ModelVersion out;
  out.set_name(version.name);
  out.set_version(absl::StrCat(version.version));
  out.set_creation_timestamp(absl::ToUnixMillis(version.created_at));
  out.set_last_updated_timestamp(absl::ToUnixMillis(version.updated_at));
  out.set_current_stage(Name(version.stage));
  if (version.description) out.set_description(*version.description);
  // A version of ours is downloaded where its run's artifacts are.
  out.set_source(version.source.empty() ? absl::StrCat("runs:/", version.run_id, "/model") : version.source);
  out.set_run_id(version.run_id);
  out.set_run_link(version.run_link);
  out.set_status(mlflow_pb::READY);
  for (const auto& [key, value] : version.tags) {
    auto* tag = out.add_tags();
    tag->set_key(key);
    tag->set_value(value);
  }
  for (const std::string& alias : version.aliases) out.add_aliases(alias);
  return out;
}

mlflow_pb::RegisteredModel ToMlflow(const RegisteredModel& model, const std::vector<ModelVersion>& latest) {
  mlflow_pb::RegisteredModel out;
  out.set_name(model.name);
  out.set_creation_timestamp(absl::ToUnixMillis(model.created_at));
  out.set_last_updated_timestamp(absl::ToUnixMillis(model.updated_at));
  if (!model.description.empty()) out.set_description(model.description);
  for (const ModelVersion& version : latest) {
    if (version.name != model.name) continue;
    *out.add_latest_versions() = ToMlflow(version);
    out.mutable_latest_versions(out.latest_versions_size() - 1)->clear_aliases();
  }
  for (const auto& [key, value] : model.tags) {
    auto* tag = out.add_tags();
    tag->set_key(key);
    tag->set_value(value);
  }
  for (const auto& [alias, version] : model.aliases) {
    auto* added = out.add_aliases();
    added->set_alias(alias);
    added->set_version(absl::StrCat(version));
  }
  return out;
}

}  // namespace millwright::registry
