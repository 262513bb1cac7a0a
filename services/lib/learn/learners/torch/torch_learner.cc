#include "lib/learn/learners/torch/torch_learner.h"

#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "lib/learn/learners/eval_metric.h"
#include "lib/learn/learners/torch/checkpoint.h"
#include "lib/learn/learners/torch/loss.h"
#include "lib/learn/learners/torch/module.h"
#include "lib/learn/learners/torch/schedule.h"
#include "lib/learn/learners/torch/standardise.h"
#include "lib/learn/learners/torch/torch_model.h"

namespace millwright::learn {

namespace {

constexpr std::int64_t kScoredAtOnce = 1024;

at::Tensor TensorOf(const FeatureMatrix& matrix) {
  // Never written to.
  return at::from_blob(const_cast<float*>(matrix.values.data()),
                       {static_cast<std::int64_t>(matrix.rows), static_cast<std::int64_t>(matrix.columns)});
}

/// One training from its first epoch, or from a checkpoint, to its model.
class Training {
 public:
  Training(const TorchParams& params, const LearningTask& task, const LearningSet& training, const LearningSet& validation,
           const FitOptions& options, Network network, std::string fingerprint);

  absl::StatusOr<FitResult> Run();

 private:
  absl::Status Epoch(int epoch);
  std::optional<double> Score() const;
  std::vector<float> Answers(const FeatureMatrix& matrix) const;
  void KeepForAverage(int epoch);
  absl::Status SaveCheckpoint(int epoch);
  absl::Status Resume();

  const TorchParams& params_;
  const LearningTask& task_;
  const LearningSet& training_;
  const LearningSet& validation_;
  const FitOptions& options_;
  const Network network_;
  const EvalMetric eval_metric_;
  const std::string fingerprint_;
  const at::Device device_;
  const bool has_validation_;
  const int epochs_;
  const int patience_;
  torch::jit::Module module_;
  std::vector<at::Tensor> weights_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  at::Tensor targets_;      // as the loss takes them; of anomalies none
  at::Tensor row_weights_;  // their mean is 1
  TrainingState state_;
};

/// What rounds are compared by; an anomaly's is the mean of the scores.
EvalMetric EvalMetricOf(const TorchParams& params, const LearningTask& task) {
  if (task.kind == Task::kAnomaly) return {.name = params.eval_metric};
  const bool is_of_classes = task.kind == Task::kMulticlass && params.eval_metric == "logloss";
  return FindEvalMetric(is_of_classes ? "mlogloss" : params.eval_metric, task.kind).value();  // the parameters were checked
}

std::unique_ptr<torch::optim::Optimizer> MakeOptimizer(const TorchParams& params, const std::vector<at::Tensor>& weights) {
  if (params.optimizer == "adamw") {
    return std::make_unique<torch::optim::AdamW>(
        weights, torch::optim::AdamWOptions(params.learning_rate).weight_decay(params.weight_decay));
  }
  return std::make_unique<torch::optim::Adam>(weights,
                                              torch::optim::AdamOptions(params.learning_rate).weight_decay(params.weight_decay));
}

Training::Training(const TorchParams& params, const LearningTask& task, const LearningSet& training,
                   const LearningSet& validation, const FitOptions& options, Network network, std::string fingerprint)
    : params_(params),
      task_(task),
      training_(training),
      validation_(validation),
      options_(options),
      network_(std::move(network)),
      eval_metric_(EvalMetricOf(params, task)),
      fingerprint_(std::move(fingerprint)),
      device_(params.device == "cuda" ? at::kCUDA : at::kCPU),
      has_validation_(validation.features != nullptr && validation.features->rows > 0),
      epochs_(options.rounds.value_or(params.epochs)),
      patience_(options.rounds ? 0 : params.early_stopping_patience) {
  const Standardisation standardisation = Standardise(training, *options.layout, task, params.standardizes_target);
  module_ = BuildModule(network_, standardisation, GeneratorOf(params.seed, 0));
  module_.to(device_);
  for (const at::Tensor& weight : module_.parameters()) weights_.push_back(weight);
  optimizer_ = MakeOptimizer(params, weights_);
  targets_ = LossTargets(training, task, standardisation, device_);
  row_weights_ = RowWeights(training, task, params).to(device_);
}

absl::Status Training::Epoch(int epoch) {
  at::Generator generator = GeneratorOf(params_.seed, static_cast<std::uint64_t>(epoch) + 1);
  const at::Tensor features = TensorOf(*training_.features);
  const std::int64_t rows = features.size(0);
  const at::Tensor order = at::randperm(rows, generator, at::kLong);
  const std::int64_t steps = (rows + params_.batch_size - 1) / params_.batch_size;
  torch::jit::Method raw = module_.get_method("raw");
  at::Tensor total = at::zeros({}, device_);
  for (std::int64_t step = 0; step < steps; ++step) {
    const std::int64_t begin = step * params_.batch_size;
    const at::Tensor chosen = order.slice(0, begin, std::min(rows, begin + params_.batch_size));
    const at::Tensor batch = features.index_select(0, chosen).to(device_);
    const at::Tensor here = chosen.to(device_);
    const auto answer = raw({batch, DrawNoise(network_, batch.size(0), generator, device_)}).toTuple();
    const at::Tensor target = targets_.defined() ? targets_.index_select(0, here) : at::Tensor();
    const at::Tensor loss =
        (RowLoss(params_, task_, answer->elements()[0].toTensor(), target) * row_weights_.index_select(0, here)).mean() +
        answer->elements()[1].toTensor().mean();
    optimizer_->zero_grad();
    loss.backward();
    if (params_.gradient_clip > 0) ClipGradients(weights_, params_.gradient_clip);
    const double share = (epoch + static_cast<double>(step) / static_cast<double>(steps)) / params_.epochs;
    optimizer_->param_groups()[0].options().set_lr(LearningRate(params_, share, epoch));
    optimizer_->step();
    total += loss.detach();
  }
  if (!std::isfinite(total.item<double>())) {
    return absl::FailedPreconditionError(
        Cat("the loss of epoch ", epoch, " is not a finite number: a lower learning_rate or a gradient_clip may help"));
  }
  return absl::OkStatus();
}

std::vector<float> Training::Answers(const FeatureMatrix& matrix) const {
  const at::NoGradGuard no_gradients;
  const at::Tensor features = TensorOf(matrix);
  torch::jit::Method forward = module_.get_method("forward");
  std::vector<float> answers;
  for (std::int64_t begin = 0; begin < features.size(0); begin += kScoredAtOnce) {
    const at::Tensor chunk = features.slice(0, begin, std::min(features.size(0), begin + kScoredAtOnce)).to(device_);
    const at::Tensor out = forward({chunk}).toTensor().to(at::kCPU).contiguous();
    answers.insert(answers.end(), out.data_ptr<float>(), out.data_ptr<float>() + out.numel());
  }
  return answers;
}

std::optional<double> Training::Score() const {
  const LearningSet& set = has_validation_ ? validation_ : training_;
  const std::vector<float> answers = Answers(*set.features);
  if (task_.kind != Task::kAnomaly) return MetricValue(eval_metric_, task_, set.targets, answers);
  if (answers.empty()) return std::nullopt;
  double sum = 0;
  for (const float error : answers) sum += error;
  return sum / static_cast<double>(answers.size());
}

void Training::KeepForAverage(int epoch) {
  if (epoch < epochs_ - params_.average_epochs) return;
  const at::NoGradGuard no_gradients;
  if (state_.sums.empty()) {
    for (const at::Tensor& weight : weights_) state_.sums.push_back(at::zeros_like(weight));
  }
  for (std::size_t i = 0; i < weights_.size(); ++i) state_.sums[i] += weights_[i];
}

absl::Status Training::SaveCheckpoint(int epoch) {
  if (!options_.checkpoints.save) return absl::OkStatus();
  state_.next_epoch = epoch + 1;
  return options_.checkpoints.save(WriteCheckpoint(fingerprint_, state_, weights_, *optimizer_));
}

absl::Status Training::Resume() {
  if (!options_.checkpoints.load) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, options_.checkpoints.load());
  if (bytes) ReadCheckpoint(*bytes, fingerprint_, state_, weights_, *optimizer_);
  return absl::OkStatus();
}

absl::StatusOr<FitResult> Training::Run() {
  RETURN_IF_ERROR(Resume());
  FitResult result{.best_round = std::max(0, state_.next_epoch - 1)};
  const auto is_waiting_over = [&](int epoch) { return patience_ > 0 && epoch - state_.best_epoch > patience_; };
  for (int epoch = state_.next_epoch; epoch < epochs_ && !result.was_stopped && !is_waiting_over(epoch); ++epoch) {
    RETURN_IF_ERROR(Epoch(epoch));
    KeepForAverage(epoch);
    result.best_round = epoch;
    if (patience_ > 0 || options_.on_round) {
      const std::optional<double> value = Score();
      if (!value) {
        return absl::FailedPreconditionError(Cat(params_.eval_metric, " is undefined on the ",
                                                 has_validation_ ? "validation" : "training", " rows: they have one class only"));
      }
      const bool is_better =
          state_.best_weights.empty() || (eval_metric_.is_more_better ? *value > state_.best_value : *value < state_.best_value);
      if (patience_ > 0 && is_better) {
        state_.best_value = *value;
        state_.best_epoch = epoch;
        state_.best_weights.clear();
        for (const at::Tensor& weight : weights_) state_.best_weights.push_back(weight.detach().clone());
      }
      const Round round{
          .number = epoch, .total = epochs_, .metric = params_.eval_metric, .value = *value, .is_validation = has_validation_};
      if (options_.on_round) result.was_stopped = options_.on_round(round) == RoundVerdict::kStop;
    }
    if (!result.was_stopped) RETURN_IF_ERROR(SaveCheckpoint(epoch));
  }
  const at::NoGradGuard no_gradients;
  if (!state_.best_weights.empty()) {
    result.best_round = state_.best_epoch;
    for (std::size_t i = 0; i < weights_.size(); ++i) weights_[i].copy_(state_.best_weights[i]);
  } else if (!state_.sums.empty()) {
    const int kept = result.best_round + 1 - std::max(0, epochs_ - params_.average_epochs);
    for (std::size_t i = 0; i < weights_.size(); ++i) weights_[i].copy_(state_.sums[i] / kept);
  }
  module_.to(at::kCPU);
  ASSIGN_OR_RETURN(result.model, LoadTorch(ExportModule(module_, training_.features->columns, network_.outputs)));
  return result;
}

class TorchLearner : public Learner {
 public:
  TorchLearner(Architecture architecture, TorchParams params, LearningTask task, std::string given)
      : architecture_(architecture), params_(std::move(params)), task_(task), given_(std::move(given)) {}

  absl::StatusOr<FitResult> Fit(const LearningSet& training, const LearningSet& validation,
                                const FitOptions& options) const override;

 private:
  absl::Status CheckSet(const LearningSet& set, std::string_view name) const;
  std::string Fingerprint(const LearningSet& training, const LearningSet& validation, const FitOptions& options) const;

  Architecture architecture_;
  TorchParams params_;
  LearningTask task_;
  std::string given_;
};

absl::Status TorchLearner::CheckSet(const LearningSet& set, std::string_view name) const {
  if (task_.kind == Task::kAnomaly || task_.kind == Task::kRegression) return absl::OkStatus();
  const double classes = task_.kind == Task::kBinary ? 2 : static_cast<double>(task_.classes);
  for (const double target : set.targets) {
    if (!(target >= 0 && target < classes && target == std::floor(target)))
      return absl::InvalidArgumentError(Cat("a ", name, " row has the class ", target, "; classes are 0 to ", classes - 1));
  }
  return absl::OkStatus();
}

std::string TorchLearner::Fingerprint(const LearningSet& training, const LearningSet& validation,
                                      const FitOptions& options) const {
  base::Sha256 hash;
  hash.Update(Cat(Name(architecture_), given_, Name(task_.kind), task_.classes, ",", options.rounds.value_or(-1)));
  for (const LearningSet* set : {&training, &validation}) {
    if (set->features == nullptr) continue;
    const auto bytes = [](const auto& values) {
      return absl::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values[0]));
    };
    for (const absl::string_view part : {bytes(set->features->values), bytes(set->targets), bytes(set->weights)})
      hash.Update(part);
  }
  return hash.FinishHex();
}

absl::StatusOr<FitResult> TorchLearner::Fit(const LearningSet& training, const LearningSet& validation,
                                            const FitOptions& options) const {
  if (training.features == nullptr || training.features->rows == 0)
    return absl::FailedPreconditionError("there are no rows to train on");
  const bool has_validation = validation.features != nullptr && validation.features->rows > 0;
  if (params_.early_stopping_patience > 0 && !options.rounds && !has_validation)
    return absl::InvalidArgumentError("early_stopping_patience needs a validation split with rows");
  RETURN_IF_ERROR(CheckSet(training, "training"));
  RETURN_IF_ERROR(CheckSet(validation, "validation"));
  ASSIGN_OR_RETURN(Network network, MakeNetwork(architecture_, params_, task_, *options.layout));
  const bool keeps_checkpoints = options.checkpoints.save || options.checkpoints.load;
  std::string fingerprint = keeps_checkpoints ? Fingerprint(training, validation, options) : "";
  return Guarded(absl::StatusCode::kInternal, "training", [&] {
    UseThreads(params_.threads);
    const PlainExecution plain(false);
    return Training(params_, task_, training, validation, options, std::move(network), std::move(fingerprint)).Run();
  });
}

}  // namespace

absl::StatusOr<std::unique_ptr<Learner>> MakeTorch(Architecture architecture, const nlohmann::json& params,
                                                   const LearningTask& task, std::string_view path) {
  ASSIGN_OR_RETURN(TorchParams parsed, ParseTorchParams(architecture, params, task, path));
  if (parsed.device == "cuda" && !at::hasCUDA())
    return absl::InvalidArgumentError(
        Cat(path, ".device: cuda needs a LibTorch with CUDA and a GPU; this one has neither: use cpu"));
  return std::make_unique<TorchLearner>(architecture, std::move(parsed), task, params.dump());
}

}  // namespace millwright::learn
