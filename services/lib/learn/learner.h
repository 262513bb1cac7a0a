#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/learn/features/target.h"
#include "lib/learn/matrix.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// A trained model. Immutable: Predict may be called from any number of threads at once.
class Model {
 public:
  virtual ~Model() = default;
  /// One value per row: the regression value or the probability of class 1. The same row gives the same bits alone and among
  /// others. InvalidArgument when the number of columns is not the model's.
  virtual absl::StatusOr<std::vector<float>> Predict(const FeatureMatrix& features) const = 0;
  virtual std::size_t feature_count() const = 0;
  /// The bytes that MakeModel reads.
  virtual absl::StatusOr<std::string> Serialize() const = 0;
};

/// Rows to learn from; `targets` has one value per row, none of them NaN.
struct LearningSet {
  const FeatureMatrix* features = nullptr;
  std::span<const double> targets;
};

/// One finished round: `metric` ("rmse", "logloss", …) on the validation set, or on the training set where there is none.
struct Round {
  int number = 0;  // from 0
  int total = 0;
  std::string metric;
  double value = 0;
  bool is_validation = false;
};

enum class RoundVerdict { kContinue, kStop };

struct FitResult {
  std::shared_ptr<const Model> model;
  int best_round = 0;        // from 0; the model ends with it
  bool was_stopped = false;  // by the callback
};

struct FitOptions {
  std::span<const std::string> feature_names;
  std::function<RoundVerdict(const Round&)> on_round;  // may be empty
  /// Exactly so many rounds and no early stopping, whatever the parameters say.
  std::optional<int> rounds;
};

/// Trains one model. The same data, parameters and thread count give the same bytes.
class Learner {
 public:
  virtual ~Learner() = default;
  /// `validation.features` may be null.
  virtual absl::StatusOr<FitResult> Fit(const LearningSet& training, const LearningSet& validation,
                                        const FitOptions& options) const = 0;
};

/// How a learner is made, how its model file is read, and what the file is called.
struct LearnerEntry {
  std::string_view name;
  /// InvalidArgument names the parameter, prefixed with `path`.
  absl::StatusOr<std::unique_ptr<Learner>> (*make)(const nlohmann::json& params, Task task, std::string_view path);
  /// InvalidArgument or Unimplemented with the reason when the bytes cannot be scored exactly.
  absl::StatusOr<std::shared_ptr<const Model>> (*load)(std::string_view bytes);
  std::string_view file_suffix;  // ".ubj"
  std::string_view requirement;  // the line of requirements.txt
};

/// Every learner there is.
std::span<const LearnerEntry> Learners();
/// NotFound lists the names.
absl::StatusOr<const LearnerEntry*> FindLearner(std::string_view name);

}  // namespace millwright::learn
