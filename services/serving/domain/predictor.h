#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/base/clock.h"
#include "serving/domain/prediction_log.h"
#include "serving/domain/served_version.h"

namespace millwright::serving {

/// What a caller asks of one asset.
struct Question {
  learn::RawWindow window;  // oldest first; the answer is for the last row
  std::string asset_id;
  std::optional<absl::Time> event_time;  // of the last row
};

struct Answer {
  PredictionId id;
  learn::Prediction prediction;
};

/// Asks a model version, counts, and logs what it answered. A caller's mistake is InvalidArgument or FailedPrecondition and is
/// counted only; a model that fails or answers NaN is Internal, names the version and is logged. Thread-safe.
class Predictor {
 public:
  explicit Predictor(PredictionLog& log, const base::Clock& clock = base::SystemClock()) : log_(log), clock_(clock) {}

  /// `began`: when the request was read; latencies count from there.
  absl::StatusOr<Answer> Predict(const ServedVersion& version, const Question& question, absl::Time began) const;

  struct Answers {
    PredictionId first;  // row i has first.Plus(i)
    std::vector<learn::Prediction> predictions;
  };
  /// One prediction per row of computed features. When any of them is not finite, all are refused as Internal.
  absl::StatusOr<Answers> PredictFeatures(const ServedVersion& version, const learn::FeatureMatrix& features,
                                          absl::Time began) const;

 private:
  absl::Status Refuse(const ServedVersion& version, const absl::Status& status, const std::string& asset_id,
                      absl::Time began) const;
  absl::Status Log(const ServedVersion& version, PredictionId id, const learn::Prediction& prediction,
                   const std::string& asset_id, std::optional<absl::Time> event_time, absl::Time began, absl::Time now) const;

  PredictionLog& log_;
  const base::Clock& clock_;
};

}  // namespace millwright::serving
