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
#include "lib/learn/features/matrix.h"
#include "lib/learn/features/target.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// A trained model. Immutable: Predict may be called from any number of threads at once.
class Model {
 public:
  virtual ~Model() = default;
  /// outputs() values per row, row after row: the regression value, the probability of class 1, the probability of each class, or
  /// the anomaly score (0 and more; higher is stranger). The same row gives the same bits alone and among others.
  /// InvalidArgument when the number of columns is not the model's.
  virtual absl::StatusOr<std::vector<float>> Predict(const FeatureMatrix& features) const = 0;
  virtual std::size_t feature_count() const = 0;
  /// The number of classes for several classes, else 1.
  virtual std::size_t outputs() const { return 1; }
  /// How much each feature did for the fit (gain, weight), 0 and more; empty where the kind of model does not say.
  virtual std::vector<double> Importance() const { return {}; }
  /// The bytes that the learner's `load` reads.
  virtual absl::StatusOr<std::string> Serialize() const = 0;
};

/// Rows to learn from; `targets` has one value per row, none of them NaN: the number, or the class from 0. For Task::kAnomaly it
/// is empty: the rows are taken as normal.
struct LearningSet {
  const FeatureMatrix* features = nullptr;
  std::span<const double> targets;
  std::span<const double> weights;  // one a row, above 0; empty: all the same
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
  int best_round = 0;              // from 0; the model ends with it
  bool was_stopped = false;        // by the callback
  std::vector<int> member_rounds;  // of an ensemble: how many rounds each member kept
};

/// Where a training leaves what a later attempt continues from; either may be empty. What is loaded is what was saved last for
/// the same data, parameters and seed; the training that continues ends with the model that one without a break would have.
struct Checkpoints {
  std::function<absl::Status(std::string_view bytes)> save;
  std::function<absl::StatusOr<std::optional<std::string>>()> load;
};

struct FitOptions {
  const FeatureLayout* layout = nullptr;  // never null
  Checkpoints checkpoints;
  std::function<RoundVerdict(const Round&)> on_round;  // may be empty
  /// Exactly so many rounds and no early stopping, whatever the parameters say.
  std::optional<int> rounds;
  /// The same for each member of an ensemble; empty: `rounds` for all.
  std::vector<int> member_rounds;
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
  absl::StatusOr<std::unique_ptr<Learner>> (*make)(const nlohmann::json& params, const LearningTask& task, std::string_view path);
  /// InvalidArgument or Unimplemented with the reason when the bytes cannot be scored exactly.
  absl::StatusOr<std::shared_ptr<const Model>> (*load)(std::string_view bytes);
  std::string_view file_suffix;  // ".ubj"
  std::string_view requirement;  // the line of requirements.txt; empty for our own
  bool needs_sequence = false;   // a pipeline without a sequence step is refused
};

/// The level of a head whose parameters ask for a quantile (`"objective": "reg:quantileerror", "quantile_alpha": 0.1`), of an
/// ensemble's members too when they agree.
std::optional<double> QuantileLevel(const nlohmann::json& params);

/// Every learner there is.
std::span<const LearnerEntry> Learners();
/// NotFound lists the names.
absl::StatusOr<const LearnerEntry*> FindLearner(std::string_view name);

}  // namespace millwright::learn
