#include "lib/learn/learners/class_weights.h"

#include <algorithm>

#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

absl::StatusOr<ClassWeights> ParseClassWeights(const nlohmann::json& json, const LearningTask& task, std::string_view path) {
  if (task.kind != Task::kBinary && task.kind != Task::kMulticlass)
    return absl::InvalidArgumentError(Cat(path, ": does not fit a ", Name(task.kind), " target"));
  if (json == "balanced") return ClassWeights{.is_balanced = true};
  ClassWeights weights;
  const bool is_list = json.is_array() && std::all_of(json.begin(), json.end(), [](const nlohmann::json& weight) {
                         return weight.is_number() && weight.get<double>() > 0 && weight.get<double>() <= 1e6;
                       });
  if (!is_list)
    return absl::InvalidArgumentError(
        Cat(path, ": ", Excerpt(json), " must be \"balanced\" or a list of numbers above 0, one a class"));
  weights.given = json.get<std::vector<double>>();
  if (weights.given.size() != task.classes)
    return absl::InvalidArgumentError(
        Cat(path, ": has ", weights.given.size(), " weights and the target has ", task.classes, " classes"));
  return weights;
}

std::vector<float> RowWeights(const ClassWeights& classes, const LearningTask& task, std::span<const double> targets,
                              std::span<const double> rows) {
  if (rows.empty() && !classes.is_balanced && classes.given.empty()) return {};
  std::vector<double> of_class = classes.given;
  if (classes.is_balanced) {
    std::vector<double> counts(task.classes);
    for (const double target : targets) ++counts[static_cast<std::size_t>(target)];
    for (const double count : counts)
      of_class.push_back(count > 0 ? static_cast<double>(targets.size()) / (static_cast<double>(task.classes) * count) : 1);
  }
  std::vector<float> weights;
  weights.reserve(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const double own = rows.empty() ? 1.0 : rows[i];
    weights.push_back(static_cast<float>(own * (of_class.empty() ? 1.0 : of_class[static_cast<std::size_t>(targets[i])])));
  }
  return weights;
}

}  // namespace millwright::learn
