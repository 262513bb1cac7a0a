#include "lib/learn/training/drop_one.h"

#include <algorithm>
#include <vector>

#include "lib/base/status_macros.h"
#include "lib/learn/features/feature_choice.h"
#include "lib/learn/training/part_metrics.h"

namespace millwright::learn {

namespace {

constexpr double kMaxWork = 1e9;  // values × trees of all the trainings together, seconds
constexpr std::string_view kFast[] = {"xgboost", "random_forest", "linear"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// The column that a feature is made of: "torque" of "torque.mean_last_5" and of "torque.mean_of_0.5s", "Type" of "Type=L.last".
std::string SourceOf(const std::string& feature) {
  std::size_t dot = feature.rfind('.');
  while (dot != std::string::npos && dot > 0 && dot + 1 < feature.size() && IsDigit(feature[dot - 1]) &&
         IsDigit(feature[dot + 1]))
    dot = feature.rfind('.', dot - 1);
  return feature.substr(0, std::min(dot, feature.find('=')));
}

std::map<std::string, std::vector<std::size_t>> ColumnsBySource(const FeatureLayout& layout) {
  std::map<std::string, std::vector<std::size_t>> sources;
  for (std::size_t i = 0; i < layout.names.size(); ++i) sources[SourceOf(layout.names[i])].push_back(i);
  return sources;
}

double WorkOf(const BundleHead& head, const HeadData& training, std::size_t fits) {
  const auto param = [&head](const char* key, double fallback) {
    return head.params.contains(key) && head.params[key].is_number() ? head.params[key].get<double>() : fallback;
  };
  double trees = (head.best_round + 1) * param("num_parallel_tree", 1) * static_cast<double>(head.model->outputs());
  if (head.learner == "random_forest") trees *= param("n_estimators", param("num_boost_round", 100));
  return static_cast<double>(training.features.values.size()) * trees * static_cast<double>(fits);
}

/// The columns of all features but some, which rise.
std::vector<std::size_t> Others(std::size_t count, const std::vector<std::size_t>& dropped) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < count; ++i) {
    if (!std::binary_search(dropped.begin(), dropped.end(), i)) kept.push_back(i);
  }
  return kept;
}

HeadData Only(const HeadData& data, std::span<const std::size_t> columns) {
  return {.features = TakeColumns(data.features, columns),
          .targets = data.targets,
          .weights = data.weights,
          .table_rows = data.table_rows};
}

}  // namespace

absl::StatusOr<nlohmann::json> DropOneEffects(const BundleHead& head, const FeatureLayout& layout, const HeadData& training,
                                              const HeadData& validation) {
  const auto sources = ColumnsBySource(layout);
  const bool is_fast = std::find(std::begin(kFast), std::end(kFast), head.learner) != std::end(kFast);
  if (!is_fast || layout.sequence || sources.size() < 2 || validation.targets.empty()) return nlohmann::json();
  if (WorkOf(head, training, sources.size()) > kMaxWork) return nlohmann::json();
  ASSIGN_OR_RETURN(const std::optional<double> with_all, LossOf(head, validation));
  if (!with_all) return nlohmann::json();
  const Task task = head.target.task();
  ASSIGN_OR_RETURN(const LearnerEntry* entry, FindLearner(head.learner));
  ASSIGN_OR_RETURN(const std::unique_ptr<Learner> learner, entry->make(head.params, head.target.learning_task(), "params"));
  std::vector<nlohmann::json> effects;
  for (const auto& [source, columns] : sources) {
    const std::vector<std::size_t> kept = Others(layout.names.size(), columns);
    const HeadData fewer = Only(training, kept);
    FeatureLayout names;
    for (const std::size_t column : kept) names.names.push_back(layout.names[column]);
    const absl::StatusOr<FitResult> fit = learner->Fit(fewer.Set(task), {}, {.layout = &names, .rounds = head.best_round + 1});
    if (!fit.ok()) continue;  // a constraint that names the column, or nothing left to tell rows apart
    BundleHead without = head;
    without.model = fit->model;
    ASSIGN_OR_RETURN(const std::optional<double> loss, LossOf(without, Only(validation, kept)));
    if (loss) effects.push_back({{"column", source}, {"features", columns.size()}, {"effect", *loss - *with_all}});
  }
  std::stable_sort(effects.begin(), effects.end(), [](const nlohmann::json& a, const nlohmann::json& b) {
    return a["effect"].get<double>() > b["effect"].get<double>();
  });
  return nlohmann::json(std::move(effects));
}

}  // namespace millwright::learn
