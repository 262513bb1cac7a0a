#include "lib/learn/learners/torch/loss.h"

#include <algorithm>

namespace millwright::learn {

at::Tensor LossTargets(const LearningSet& training, const LearningTask& task, const Standardisation& standardisation,
                       at::Device device) {
  if (task.kind == Task::kAnomaly) return {};
  std::vector<float> targets;
  targets.reserve(training.targets.size());
  for (const double target : training.targets)
    targets.push_back(static_cast<float>((target - standardisation.target_mean) / standardisation.target_scale));
  const at::Tensor tensor = torch::tensor(targets);
  return tensor.to(device, task.kind == Task::kMulticlass ? at::kLong : at::kFloat);
}

at::Tensor RowWeights(const LearningSet& training, const LearningTask& task, const TorchParams& params) {
  const std::size_t rows = training.features->rows;
  std::vector<double> of_class = params.class_weights;
  if (params.balances_classes) {
    of_class.assign(task.kind == Task::kBinary ? 2 : task.classes, 0);
    for (const double target : training.targets) ++of_class[static_cast<std::size_t>(target)];
    for (double& weight : of_class) weight = 1 / std::max(weight, 1.0);
  }
  std::vector<double> weights(rows, 1);
  double sum = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    if (!training.weights.empty()) weights[row] = training.weights[row];
    if (!of_class.empty()) weights[row] *= of_class[static_cast<std::size_t>(training.targets[row])];
    sum += weights[row];
  }
  for (double& weight : weights) weight *= static_cast<double>(rows) / sum;
  return torch::tensor(weights, at::kFloat);
}

at::Tensor RowLoss(const TorchParams& params, const LearningTask& task, const at::Tensor& answers, const at::Tensor& targets) {
  if (task.kind == Task::kMulticlass) return at::cross_entropy_loss(answers, targets, {}, at::Reduction::None);
  const at::Tensor answer = answers.squeeze(1);
  if (task.kind == Task::kAnomaly) return answer;
  if (task.kind == Task::kBinary) return at::binary_cross_entropy_with_logits(answer, targets, {}, {}, at::Reduction::None);
  if (params.loss == "huber") return at::huber_loss(answer, targets, at::Reduction::None, params.huber_delta);
  const at::Tensor above = answer - targets;
  if (params.loss == "mae") return above.abs();
  if (params.loss == "quantile") return at::maximum(above * -params.quantile, above * (1 - params.quantile));
  const at::Tensor squares = above * above;
  if (params.loss == "late_mse") return squares * (1 + (above.detach() > 0).to(at::kFloat) * (params.late_weight - 1));
  return squares;
}

void ClipGradients(const std::vector<at::Tensor>& weights, double norm) {
  at::Tensor squares = at::zeros({});
  for (const at::Tensor& weight : weights) {
    if (weight.grad().defined()) squares = squares + weight.grad().pow(2).sum().to(at::kCPU);
  }
  const double now = std::sqrt(squares.item<double>());
  if (!(now > norm)) return;
  for (const at::Tensor& weight : weights) {
    if (weight.grad().defined()) weight.grad().mul_(norm / now);
  }
}

}  // namespace millwright::learn
