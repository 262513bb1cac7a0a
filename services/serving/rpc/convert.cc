#include "serving/rpc/convert.h"

#include <cmath>
#include <utility>

#include "absl/strings/escaping.h"
#include "lib/rpc/convert.h"

namespace millwright::serving {
namespace {

constexpr std::size_t kHashBytes = 32;

monitor::v1::PredictionOutcome ToProto(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNotFinite:
      return monitor::v1::PREDICTION_OUTCOME_NOT_FINITE;
    case Outcome::kFailed:
      return monitor::v1::PREDICTION_OUTCOME_FAILED;
    default:
      return monitor::v1::PREDICTION_OUTCOME_OK;
  }
}

v1::LoadState ToProto(LoadState state) {
  switch (state) {
    case LoadState::kReady:
      return v1::LOAD_STATE_READY;
    case LoadState::kFailed:
      return v1::LOAD_STATE_FAILED;
    default:
      return v1::LOAD_STATE_LOADING;
  }
}

}  // namespace

Deployment FromProto(const registry::v1::Deployment& in) {
  Deployment deployment{.key = {base::WorkspaceId(in.workspace_id()), in.name()}, .revision = in.revision()};
  for (const registry::v1::Arm& arm : in.arms()) {
    if (arm.role() != registry::v1::ARM_ROLE_PRIMARY) continue;
    Arm primary{.version = arm.version(), .content_hash = arm.content_hash()};
    for (const registry::v1::BundleFile& file : arm.files()) primary.files.push_back({file.path(), file.sha256(), file.size()});
    deployment.primary = std::move(primary);
    break;
  }
  return deployment;
}

TokenTable::Grants FromProto(const gateway::v1::TokenSnapshot& snapshot) {
  TokenTable::Grants grants;
  for (const gateway::v1::TokenGrant& in : snapshot.grants()) {
    if (in.token_hash().size() != kHashBytes) continue;
    Grant grant{
        .subject = in.subject(), .role = static_cast<auth::Role>(in.role()), .workspace = base::WorkspaceId(in.workspace_id())};
    if (in.expires_at_ms() > 0) grant.expires_at = absl::FromUnixMillis(in.expires_at_ms());
    grants.emplace(absl::BytesToHexString(in.token_hash()), std::move(grant));
  }
  return grants;
}

monitor::v1::Prediction ToProto(const LoggedPrediction& in) {
  monitor::v1::Prediction out;
  out.set_prediction_id(in.id.ToString());
  out.set_workspace_id(in.by->key.workspace.value());
  out.set_model(in.by->key.name);
  out.set_version(in.by->version);
  out.set_revision(in.by->revision);
  out.set_asset_id(in.asset_id);
  if (in.event_time) *out.mutable_event_time() = rpc::ToProto(*in.event_time);
  *out.mutable_at() = rpc::ToProto(in.at);
  out.set_latency_ms(absl::ToDoubleMilliseconds(in.latency));
  out.set_outcome(ToProto(in.outcome));
  for (std::size_t i = 0; i < in.values.size() && i < in.by->heads.size(); ++i) {
    if (std::isfinite(in.values[i])) (*out.mutable_values())[in.by->heads[i]] = in.values[i];
  }
  out.set_error(in.error);
  return out;
}

v1::LoadedModel ToProto(const ModelKey& key, const CatalogEntry& entry) {
  v1::LoadedModel out;
  out.set_name(key.name);
  out.set_wanted_version(entry.wanted_version);
  out.set_state(ToProto(entry.state));
  out.set_reason(entry.reason);
  out.set_revision(entry.revision);
  if (entry.served != nullptr) {
    out.set_version(entry.served->identity->version);
    *out.mutable_loaded_at() = rpc::ToProto(entry.served->loaded_at);
  }
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  for (const auto& [version, stats] : entry.stats) {
    requests += stats->requests();
    failures += stats->failures();
  }
  out.set_requests(requests);
  out.set_failures(failures);
  return out;
}

}  // namespace millwright::serving
