#include "monitor/rpc/convert.h"

#include "absl/strings/str_cat.h"
#include "lib/rpc/convert.h"

namespace millwright::monitor {
namespace {

pb::VerdictState ToProto(ReleaseState state) {
  switch (state) {
    case ReleaseState::kWatching:
    case ReleaseState::kRollbackWanted:
      return pb::VERDICT_STATE_WATCHING;
    case ReleaseState::kPassed:
      return pb::VERDICT_STATE_PASSED;
    case ReleaseState::kRolledBack:
      return pb::VERDICT_STATE_ROLLED_BACK;
    case ReleaseState::kRollbackFailed:
      return pb::VERDICT_STATE_ROLLBACK_FAILED;
    case ReleaseState::kSuperseded:
      break;
  }
  return pb::VERDICT_STATE_UNSPECIFIED;
}

}  // namespace

absl::StatusOr<Prediction> FromProto(const pb::Prediction& in) {
  Prediction prediction{.id = in.prediction_id(),
                        .workspace = base::WorkspaceId(in.workspace_id()),
                        .model = in.model(),
                        .version = in.version(),
                        .revision = in.revision(),
                        .asset_id = in.asset_id(),
                        .latency_ms = in.latency_ms(),
                        .error = in.error()};
  if (!in.has_at())
    return absl::InvalidArgumentError(absl::StrCat("at: missing for prediction ", in.prediction_id().substr(0, 40)));
  prediction.at = rpc::FromProto(in.at());
  if (in.has_event_time()) prediction.event_time = rpc::FromProto(in.event_time());
  switch (in.outcome()) {
    case pb::PREDICTION_OUTCOME_OK:
      prediction.outcome = Outcome::kOk;
      break;
    case pb::PREDICTION_OUTCOME_NOT_FINITE:
      prediction.outcome = Outcome::kNotFinite;
      break;
    case pb::PREDICTION_OUTCOME_FAILED:
      prediction.outcome = Outcome::kFailed;
      break;
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("outcome: missing or unknown for prediction ", in.prediction_id().substr(0, 40)));
  }
  for (const auto& [head, value] : in.values()) prediction.values[head] = value;
  return prediction;
}

Label FromProto(const pb::Label& label) {
  return {.prediction_id = label.prediction_id(), .head = label.head(), .value = label.value()};
}

pb::Prediction ToProto(const Prediction& prediction) {
  pb::Prediction out;
  out.set_prediction_id(prediction.id);
  out.set_model(prediction.model);
  out.set_version(prediction.version);
  out.set_asset_id(prediction.asset_id);
  if (prediction.event_time) *out.mutable_event_time() = rpc::ToProto(*prediction.event_time);
  *out.mutable_at() = rpc::ToProto(prediction.at);
  out.set_latency_ms(prediction.latency_ms);
  out.set_outcome(prediction.outcome == Outcome::kOk          ? pb::PREDICTION_OUTCOME_OK
                  : prediction.outcome == Outcome::kNotFinite ? pb::PREDICTION_OUTCOME_NOT_FINITE
                                                              : pb::PREDICTION_OUTCOME_FAILED);
  for (const auto& [head, value] : prediction.values) (*out.mutable_values())[head] = value;
  for (const auto& [head, value] : prediction.labels) (*out.mutable_labels())[head] = value;
  out.set_error(prediction.error);
  out.set_revision(prediction.revision);
  return out;
}

pb::VersionHealth ToProto(const VersionHealth& health) {
  pb::VersionHealth out;
  out.set_version(health.version);
  out.set_predictions(static_cast<double>(health.predictions));
  out.set_not_finite(static_cast<double>(health.not_finite));
  out.set_failed(static_cast<double>(health.failed));
  out.set_labelled(static_cast<double>(health.labelled));
  out.set_mean_latency_ms(health.mean_latency_ms);
  if (health.last_at) *out.mutable_last_at() = rpc::ToProto(*health.last_at);
  if (health.release) {
    pb::Verdict* verdict = out.mutable_verdict();
    verdict->set_state(ToProto(health.release->state));
    verdict->set_reason(health.release->reason);
    *verdict->mutable_evidence() = rpc::ToStruct(health.release->evidence);
    *verdict->mutable_at() = rpc::ToProto(health.release->changed_at);
  }
  return out;
}

}  // namespace millwright::monitor
