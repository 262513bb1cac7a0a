#include "serving/domain/predictor.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace millwright::serving {
namespace {

bool IsCallersMistake(const absl::Status& status) {
  return status.code() == absl::StatusCode::kInvalidArgument || status.code() == absl::StatusCode::kFailedPrecondition;
}

std::string NameOf(const ServedVersion& version) {
  return absl::StrCat("version ", version.identity->version, " of model \"", version.identity->key.name, "\"");
}

}  // namespace

absl::StatusOr<Answer> Predictor::Predict(const ServedVersion& version, const Question& question, absl::Time began) const {
  absl::StatusOr<learn::Prediction> prediction = version.bundle.PredictWindow(question.window);
  if (!prediction.ok()) return Refuse(version, prediction.status(), question.asset_id, began);
  Answer answer{.id = PredictionId::Random(), .prediction = *std::move(prediction)};
  const absl::Status logged =
      Log(version, answer.id, answer.prediction, question.asset_id, question.event_time, began, clock_.Now());
  if (!logged.ok()) return logged;
  return answer;
}

absl::StatusOr<Predictor::Answers> Predictor::PredictFeatures(const ServedVersion& version, const learn::FeatureMatrix& features,
                                                              absl::Time began) const {
  absl::StatusOr<std::vector<learn::Prediction>> predictions = version.bundle.PredictFeatures(features);
  if (!predictions.ok()) return Refuse(version, predictions.status(), "", began);
  Answers answers{.first = PredictionId::Random(), .predictions = *std::move(predictions)};
  const absl::Time now = clock_.Now();
  absl::Status bad;
  for (std::size_t i = 0; i < answers.predictions.size(); ++i) {
    bad.Update(
        Log(version, answers.first.Plus(static_cast<std::uint32_t>(i)), answers.predictions[i], "", std::nullopt, began, now));
  }
  if (!bad.ok()) return bad;
  return answers;
}

absl::Status Predictor::Refuse(const ServedVersion& version, const absl::Status& status, const std::string& asset_id,
                               absl::Time began) const {
  const absl::Time now = clock_.Now();
  if (IsCallersMistake(status)) {
    version.stats->Count(Outcome::kBadRequest, now - began);
    return status;
  }
  version.stats->Count(Outcome::kFailed, now - began);
  const std::string error = absl::StrCat(NameOf(version), " failed: ", status.message());
  log_.Append({.id = PredictionId::Random(),
               .by = version.identity,
               .asset_id = asset_id,
               .at = now,
               .latency = now - began,
               .outcome = Outcome::kFailed,
               .error = error});
  return absl::InternalError(error);
}

absl::Status Predictor::Log(const ServedVersion& version, PredictionId id, const learn::Prediction& prediction,
                            const std::string& asset_id, std::optional<absl::Time> event_time, absl::Time began,
                            absl::Time now) const {
  LoggedPrediction entry{
      .id = id, .by = version.identity, .asset_id = asset_id, .event_time = event_time, .at = now, .latency = now - began};
  absl::Status status;
  for (const learn::HeadPrediction& head : prediction.heads) {
    entry.values.push_back(head.value);
    if (std::isfinite(head.value) || !status.ok()) continue;
    entry.outcome = Outcome::kNotFinite;
    entry.error =
        absl::StrCat(NameOf(version), " answered ", std::isnan(head.value) ? "NaN" : "infinity", " for \"", head.head, "\"");
    status = absl::InternalError(entry.error);
  }
  version.stats->Count(entry.outcome, entry.latency);
  log_.Append(std::move(entry));
  return status;
}

}  // namespace millwright::serving
