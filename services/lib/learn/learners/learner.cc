#include "lib/learn/learners/learner.h"

#include "lib/learn/learners/baselines.h"
#include "lib/learn/learners/control_chart.h"
#include "lib/learn/learners/ensemble_learner.h"
#include "lib/learn/learners/linear_learner.h"
#include "lib/learn/learners/pca_monitor.h"
#include "lib/learn/learners/torch/networks.h"
#include "lib/learn/learners/xgboost_learner.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

template <Architecture kArchitecture>
constexpr LearnerEntry Network(std::string_view name, bool needs_sequence = true) {
  return {.name = name,
          .make = &MakeNetworkLearner<kArchitecture>,
          .load = &LoadNetwork,
          .file_suffix = ".pth",
          .requirement = "torch==1.13.1",
          .needs_sequence = needs_sequence};
}

constexpr LearnerEntry kLearners[] = {
    {.name = "xgboost", .make = &MakeXgboost, .load = &LoadXgboost, .file_suffix = ".ubj", .requirement = "xgboost==1.7.4"},
    {.name = "random_forest",
     .make = &MakeRandomForest,
     .load = &LoadXgboost,
     .file_suffix = ".ubj",
     .requirement = "xgboost==1.7.4"},
    {.name = "linear", .make = &MakeLinear, .load = &LoadLinear, .file_suffix = ".json"},
    {.name = "mean", .make = &MakeMean, .load = &LoadBaseline, .file_suffix = ".json"},
    {.name = "last_value", .make = &MakeLastValue, .load = &LoadBaseline, .file_suffix = ".json"},
    {.name = "pca_monitor", .make = &MakePcaMonitor, .load = &LoadPcaMonitor, .file_suffix = ".json"},
    {.name = "control_chart", .make = &MakeControlChart, .load = &LoadControlChart, .file_suffix = ".json"},
    Network<Architecture::kLstm>("lstm"),
    Network<Architecture::kCnn>("cnn"),
    Network<Architecture::kCnnLstm>("cnn_lstm"),
    Network<Architecture::kDeepCnn>("deep_cnn"),
    Network<Architecture::kTransformer>("transformer"),
    Network<Architecture::kLstmAutoencoder>("lstm_autoencoder"),
    Network<Architecture::kRecurrentVae>("recurrent_vae"),
    Network<Architecture::kMlp>("mlp", false),
    {.name = "ensemble", .make = &MakeEnsemble, .load = &LoadEnsemble, .file_suffix = ".msgpack"},
};
}  // namespace

std::span<const LearnerEntry> Learners() { return kLearners; }

absl::StatusOr<const LearnerEntry*> FindLearner(std::string_view name) {
  std::vector<std::string_view> names;
  for (const LearnerEntry& entry : kLearners) {
    if (entry.name == name) return &entry;
    names.push_back(entry.name);
  }
  return absl::NotFoundError(Cat("\"", name, "\" is not a learner; there are: ", Join(names)));
}

std::optional<double> QuantileLevel(const nlohmann::json& params) {
  if (!params.is_object()) return std::nullopt;
  if (params.contains("members") && params["members"].is_array()) {
    std::optional<double> level;
    for (const nlohmann::json& member : params["members"]) {
      const std::optional<double> own =
          member.is_object() && member.contains("params") ? QuantileLevel(member["params"]) : std::nullopt;
      if (!own || (level && *level != *own)) return std::nullopt;
      level = own;
    }
    return level;
  }
  const bool is_of_trees = params.contains("objective") && params["objective"] == "reg:quantileerror";
  const bool is_of_a_network = params.contains("loss") && params["loss"] == "quantile";
  if (!is_of_trees && !is_of_a_network) return std::nullopt;
  const auto level = params.find(is_of_trees ? "quantile_alpha" : "quantile");
  return level == params.end() ? 0.5 : level->is_number() ? std::optional(level->get<double>()) : std::nullopt;
}

}  // namespace millwright::learn
