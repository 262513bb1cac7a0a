#include "lib/learn/learners/xgboost_params.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

enum class Kind { kInteger, kReal, kChoice };

struct Rule {
  std::string_view name;
  std::string_view alias;
  Kind kind;
  double low = 0;
  double high = 0;
  bool is_above_low = false;      // low itself is out of range
  std::string_view choices = {};  // blank-separated
};

constexpr double kMany = 1e9;
constexpr Rule kRules[] = {
    {"n_estimators", "num_boost_round", Kind::kInteger, 1, 100'000},
    {"max_depth", "", Kind::kInteger, 0, 30},
    {"learning_rate", "eta", Kind::kReal, 0, 1, true},
    {"min_child_weight", "", Kind::kReal, 0, kMany},
    {"gamma", "min_split_loss", Kind::kReal, 0, kMany},
    {"subsample", "", Kind::kReal, 0, 1, true},
    {"colsample_bytree", "", Kind::kReal, 0, 1, true},
    {"colsample_bylevel", "", Kind::kReal, 0, 1, true},
    {"colsample_bynode", "", Kind::kReal, 0, 1, true},
    {"reg_lambda", "lambda", Kind::kReal, 0, kMany},
    {"reg_alpha", "alpha", Kind::kReal, 0, kMany},
    {"max_bin", "", Kind::kInteger, 2, 65'536},
    {"max_leaves", "", Kind::kInteger, 0, 1'000'000},
    {"max_delta_step", "", Kind::kReal, 0, kMany},
    {"scale_pos_weight", "", Kind::kReal, 0, kMany, true},
    {"num_parallel_tree", "", Kind::kInteger, 1, 10'000},
    {"grow_policy", "", Kind::kChoice, 0, 0, false, "depthwise lossguide"},
    {"tree_method", "", Kind::kChoice, 0, 0, false, "hist approx exact"},
    {"objective", "", Kind::kChoice, 0, 0, false,
     "reg:squarederror reg:pseudohubererror reg:absoluteerror reg:quantileerror late_squared_error phm_score binary:logistic "
     "multi:softprob"},
    {"huber_slope", "", Kind::kReal, 0, kMany, true},
    {"late_weight", "", Kind::kReal, 0, 1000, true},
    {"quantile_alpha", "", Kind::kReal, 0, 1, true},
    {"quantile_smoothing", "", Kind::kReal, 0, 10, true},
    {"early_stopping_rounds", "", Kind::kInteger, 0, 100'000},
    {"base_score", "", Kind::kReal, -kMany, kMany},
    {"seed", "random_state", Kind::kInteger, 0, 2'147'483'647},
    {"nthread", "n_jobs", Kind::kInteger, 1, 1024},
};

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// The value as XGBoost wants it, or an error that says what would be right.
absl::StatusOr<std::string> Check(const Rule& rule, const nlohmann::json& value) {
  if (rule.kind == Kind::kChoice) {
    const std::vector<std::string> choices = Words(rule.choices);
    const std::string text = value.is_string() ? value.get<std::string>() : "";
    if (std::find(choices.begin(), choices.end(), text) != choices.end()) return text;
    return absl::InvalidArgumentError(Cat(Excerpt(value), " must be one of ", Join(choices)));
  }
  const double number = value.is_number() ? value.get<double>() : std::nan("");
  const bool is_inside = (rule.is_above_low ? number > rule.low : number >= rule.low) && number <= rule.high;
  const bool is_integer = rule.kind == Kind::kInteger;
  if (!is_inside || (is_integer && number != std::floor(number))) {
    return absl::InvalidArgumentError(Cat(Excerpt(value), " must be a ", is_integer ? "whole " : "", "number ",
                                          rule.is_above_low ? "above " : "from ", rule.low, " to ", rule.high));
  }
  return is_integer ? Cat(static_cast<std::int64_t>(number)) : Shortest(number);
}

constexpr std::string_view kOurs[] = {"late_squared_error", "phm_score", "reg:quantileerror"};

std::map<std::string, std::string> Defaults(Task task, Ensemble ensemble) {
  std::map<std::string, std::string> values{
      {"max_depth", "6"},        {"learning_rate", "0.3"},      {"n_estimators", "100"},        {"seed", "0"},
      {"nthread", "1"},          {"tree_method", "hist"},       {"early_stopping_rounds", "0"}, {"late_weight", "2"},
      {"quantile_alpha", "0.5"}, {"quantile_smoothing", "0.01"}};
  values["objective"] = task == Task::kBinary       ? "binary:logistic"
                        : task == Task::kMulticlass ? "multi:softprob"
                                                    : "reg:squarederror";
  if (ensemble == Ensemble::kForest) {
    // As XGBoost's own forest has it.
    for (const char* share : {"subsample", "colsample_bynode"}) values[share] = "0.8";
    values["learning_rate"] = "1";
    values["reg_lambda"] = "0.00001";
  }
  return values;
}

absl::StatusOr<std::vector<std::pair<std::string, int>>> ParseMonotone(const nlohmann::json& json, std::string_view path) {
  std::vector<std::pair<std::string, int>> constraints;
  if (!json.is_object())
    return absl::InvalidArgumentError(
        Cat(path, ": ", Excerpt(json), " must be an object, feature name (with * for any text) to 1 or -1"));
  for (const auto& [pattern, direction] : json.items()) {
    if (direction != 1 && direction != -1)
      return absl::InvalidArgumentError(
          Cat(path, ".", pattern, ": ", Excerpt(direction), " must be 1 (never falls) or -1 (never rises)"));
    constraints.emplace_back(pattern, direction.get<int>());
  }
  return constraints;
}

/// The parameters that are not single values.
absl::Status ReadStructured(nlohmann::json& params, const LearningTask& task, std::string_view path, XgboostParams& out) {
  if (const auto it = params.find("class_weight"); it != params.end()) {
    ASSIGN_OR_RETURN(out.class_weights, ParseClassWeights(*it, task, Cat(path, ".class_weight")));
    params.erase(it);
  }
  if (const auto it = params.find("monotone_constraints"); it != params.end()) {
    ASSIGN_OR_RETURN(out.monotone, ParseMonotone(*it, Cat(path, ".monotone_constraints")));
    params.erase(it);
  }
  const auto it = params.find("eval_metric");
  if (it != params.end() && !it->is_string())
    return absl::InvalidArgumentError(Cat(path, ".eval_metric: ", Excerpt(*it), " must be a text"));
  const absl::StatusOr<EvalMetric> metric = FindEvalMetric(it != params.end() ? it->get<std::string>() : "", task.kind);
  if (!metric.ok()) return absl::InvalidArgumentError(Cat(path, ".eval_metric: ", metric.status().message()));
  out.eval_metric = *metric;
  // Without a wish, a quantile is judged by its own loss.
  if (it == params.end() && params.contains("objective") && params["objective"] == "reg:quantileerror")
    out.eval_metric.name = "pinball";
  if (it != params.end()) params.erase(it);
  return absl::OkStatus();
}

absl::Status CheckFit(const std::map<std::string, std::string>& values, Task task, std::string_view path) {
  const std::string& objective = values.at("objective");
  const std::string_view wanted = task == Task::kBinary ? "binary:logistic" : task == Task::kMulticlass ? "multi:softprob" : "";
  const bool is_of_classes = objective == "binary:logistic" || objective == "multi:softprob";
  if (wanted.empty() ? is_of_classes : objective != wanted)
    return absl::InvalidArgumentError(Cat(path, ".objective: ", objective, " does not fit a ", Name(task), " target"));
  const auto base_score = values.find("base_score");
  if (task != Task::kBinary || base_score == values.end()) return absl::OkStatus();
  const double base = std::stod(base_score->second);
  if (base > 0 && base < 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      Cat(path, ".base_score: ", base_score->second, " must be between 0 and 1 for a binary target"));
}

}  // namespace

absl::StatusOr<XgboostParams> ParseXgboostParams(const nlohmann::json& all_params, const LearningTask& task, Ensemble ensemble,
                                                 std::string_view path) {
  if (!all_params.is_object()) return absl::InvalidArgumentError(Cat(path, ": ", Excerpt(all_params), " must be an object"));
  if (task.kind == Task::kAnomaly)
    return absl::InvalidArgumentError(Cat(path, ": trees need a truth to learn; an anomaly target has none"));
  XgboostParams out;
  nlohmann::json params = all_params;
  RETURN_IF_ERROR(ReadStructured(params, task, path, out));
  std::map<std::string, std::string> values = Defaults(task.kind, ensemble);
  std::map<std::string, std::string> given;  // by which name
  for (const auto& [name, value] : params.items()) {
    const auto rule = std::find_if(std::begin(kRules), std::end(kRules),
                                   [&](const Rule& r) { return r.name == name || (!r.alias.empty() && r.alias == name); });
    if (rule == std::end(kRules)) {
      std::vector<std::string_view> known{"class_weight", "monotone_constraints", "eval_metric"};
      for (const Rule& r : kRules) known.push_back(r.name);
      return absl::InvalidArgumentError(Cat(path, ".", name, ": unknown parameter of xgboost; known: ", Join(known)));
    }
    const auto [it, is_new] = given.try_emplace(std::string(rule->name), name);
    if (!is_new)
      return absl::InvalidArgumentError(Cat(path, ".", name, ": is the same parameter as ", it->second, ", which is given too"));
    if (ensemble == Ensemble::kForest && (rule->name == "early_stopping_rounds" || rule->name == "num_parallel_tree"))
      return absl::InvalidArgumentError(
          Cat(path, ".", name, ": a random forest has one round; n_estimators is its number of trees"));
    absl::StatusOr<std::string> checked = Check(*rule, value);
    if (!checked.ok()) return absl::InvalidArgumentError(Cat(path, ".", name, ": ", checked.status().message()));
    values[std::string(rule->name)] = *std::move(checked);
  }
  RETURN_IF_ERROR(CheckFit(values, task.kind, path));
  out.rounds = std::stoi(values["n_estimators"]);
  out.early_stopping_rounds = std::stoi(values["early_stopping_rounds"]);
  out.nthread = std::stoi(values["nthread"]);
  out.has_base_score = values.contains("base_score");
  if (ensemble == Ensemble::kForest) values["num_parallel_tree"] = Cat(std::exchange(out.rounds, 1));
  XgboostObjective ours{.late_weight = std::stod(values["late_weight"]),
                        .quantile = std::stod(values["quantile_alpha"]),
                        .smoothing = std::stod(values["quantile_smoothing"])};
  if (ours.quantile >= 1) return absl::InvalidArgumentError(Cat(path, ".quantile_alpha: must be between 0 and 1"));
  out.eval_metric.quantile = ours.quantile;
  out.eval_metric.late_weight = ours.late_weight;
  if (const auto it = std::find(std::begin(kOurs), std::end(kOurs), values["objective"]); it != std::end(kOurs)) {
    ours.kind = static_cast<XgboostObjective::Kind>(it - std::begin(kOurs));
    out.objective = ours;
    values["objective"] = "reg:squarederror";  // predicts the sum of the trees as it is
  }
  if (task.kind == Task::kMulticlass) values["num_class"] = Cat(task.classes);
  for (const char* not_native : {"n_estimators", "early_stopping_rounds", "late_weight", "quantile_alpha", "quantile_smoothing"})
    values.erase(not_native);
  out.native.assign(values.begin(), values.end());
  return out;
}

}  // namespace millwright::learn
