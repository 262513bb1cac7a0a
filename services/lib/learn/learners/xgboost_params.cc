#include "lib/learn/learners/xgboost_params.h"

#include <algorithm>
#include <cmath>
#include <map>

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
    {"objective", "", Kind::kChoice, 0, 0, false, "reg:squarederror reg:pseudohubererror reg:absoluteerror binary:logistic"},
    {"eval_metric", "", Kind::kChoice, 0, 0, false, "rmse mae phm_score logloss auc pr_auc"},
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

}  // namespace

absl::StatusOr<XgboostParams> ParseXgboostParams(const nlohmann::json& params, Task task, std::string_view path) {
  if (!params.is_object()) return absl::InvalidArgumentError(Cat(path, ": ", Excerpt(params), " must be an object"));
  const bool is_binary = task == Task::kBinary;
  std::map<std::string, std::string> values{{"max_depth", "6"},
                                            {"learning_rate", "0.3"},
                                            {"n_estimators", "100"},
                                            {"seed", "0"},
                                            {"nthread", "1"},
                                            {"tree_method", "hist"},
                                            {"early_stopping_rounds", "0"},
                                            {"objective", is_binary ? "binary:logistic" : "reg:squarederror"},
                                            {"eval_metric", is_binary ? "logloss" : "rmse"}};
  std::map<std::string, std::string> given;  // by which name
  for (const auto& [name, value] : params.items()) {
    const auto rule = std::find_if(std::begin(kRules), std::end(kRules),
                                   [&](const Rule& r) { return r.name == name || (!r.alias.empty() && r.alias == name); });
    if (rule == std::end(kRules)) {
      std::vector<std::string_view> known;
      for (const Rule& r : kRules) known.push_back(r.name);
      return absl::InvalidArgumentError(Cat(path, ".", name, ": unknown parameter of xgboost; known: ", Join(known)));
    }
    const auto [it, is_new] = given.try_emplace(std::string(rule->name), name);
    if (!is_new)
      return absl::InvalidArgumentError(Cat(path, ".", name, ": is the same parameter as ", it->second, ", which is given too"));
    absl::StatusOr<std::string> checked = Check(*rule, value);
    if (!checked.ok()) return absl::InvalidArgumentError(Cat(path, ".", name, ": ", checked.status().message()));
    values[std::string(rule->name)] = *std::move(checked);
  }
  if ((values["objective"] == "binary:logistic") != is_binary) {
    return absl::InvalidArgumentError(Cat(path, ".objective: ", values["objective"], " does not fit a ", Name(task), " target"));
  }
  const std::string& metric = values["eval_metric"];
  if ((metric == "logloss" || metric == "auc" || metric == "pr_auc") != is_binary) {
    return absl::InvalidArgumentError(Cat(path, ".eval_metric: ", metric, " does not fit a ", Name(task), " target"));
  }
  if (is_binary && values.contains("base_score")) {
    const double base = std::stod(values["base_score"]);
    if (!(base > 0 && base < 1))
      return absl::InvalidArgumentError(
          Cat(path, ".base_score: ", values["base_score"], " must be between 0 and 1 for a binary target"));
  }
  XgboostParams out;
  out.rounds = std::stoi(values["n_estimators"]);
  out.early_stopping_rounds = std::stoi(values["early_stopping_rounds"]);
  out.nthread = std::stoi(values["nthread"]);
  out.has_base_score = values.contains("base_score");
  out.eval_metric = metric;
  for (const auto& [name, value] : values) {
    if (name != "n_estimators" && name != "early_stopping_rounds" && name != "eval_metric") out.native.emplace_back(name, value);
  }
  return out;
}

}  // namespace millwright::learn
