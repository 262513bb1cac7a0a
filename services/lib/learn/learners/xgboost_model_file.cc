#include "lib/learn/learners/xgboost_model_file.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "lib/base/status_macros.h"
#include "lib/learn/bounded_json.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

namespace {

using Json = nlohmann::json;

absl::Status Broken(std::string_view what) { return absl::InvalidArgumentError(Cat("not a whole XGBoost model: ", what)); }
absl::Status Refused(std::string_view what) { return absl::UnimplementedError(Cat("this XGBoost model is refused: ", what)); }

const Json* At(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* at = &json;
  for (const std::string_view key : path) {
    if (!at->is_object()) return nullptr;
    const auto it = at->find(key);
    if (it == at->end()) return nullptr;
    at = &*it;
  }
  return at;
}

std::string TextAt(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* at = At(json, path);
  return at != nullptr && at->is_string() ? at->get<std::string>() : "";
}

std::optional<double> WholeNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Json> Parse(std::string_view bytes) {
  const bool is_text = bytes.size() > 1 && bytes[0] == '{' && (bytes[1] == '"' || bytes[1] == '\n' || bytes[1] == ' ');
  std::optional<Json> json =
      is_text ? std::optional(Json::parse(bytes, nullptr, false)) : ParseBinaryJson(bytes, BinaryJson::kUbjson);
  if (!json || !json->is_object()) return std::nullopt;
  return json;
}

/// A tree as XGBoost trusts it to be: every part as long as the tree, children and features that exist, and a child after its
/// parent, so that every walk ends.
absl::Status CheckTree(const Json& tree, std::size_t number, double features, std::vector<double>& gain) {
  const auto broken = [&](std::string_view what) { return Broken(Cat("tree ", number, what)); };
  const Json* left = At(tree, {"left_children"});
  if (left == nullptr || !left->is_array() || left->empty()) return broken(" lacks left_children");
  const std::size_t nodes = left->size();
  for (const std::string_view key : {"left_children", "right_children", "parents", "split_indices", "split_conditions",
                                     "default_left", "base_weights", "loss_changes", "sum_hessian"}) {
    const Json* part = At(tree, {key});
    if (part == nullptr || !part->is_array() || part->size() != nodes)
      return broken(Cat(" lacks ", key, " for each of its ", nodes, " nodes"));
    for (const Json& value : *part) {
      if (!value.is_number()) return broken(Cat(", ", key, " are not numbers"));
    }
  }
  const Json* id = At(tree, {"id"});
  if (id == nullptr || !id->is_number_integer() || id->get<std::int64_t>() != static_cast<std::int64_t>(number))
    return broken(" is not numbered so");
  if (WholeNumber(TextAt(tree, {"tree_param", "num_nodes"})) != static_cast<double>(nodes))
    return broken(" says another number of nodes than it has");
  if (WholeNumber(TextAt(tree, {"tree_param", "num_feature"})) != features)
    return broken(" says another number of features than the model");
  if (const std::string size = TextAt(tree, {"tree_param", "size_leaf_vector"}); size != "0" && size != "1" && !size.empty())
    return Refused("its leaves are vectors");
  for (const std::string_view key : {"categories", "categories_nodes", "categories_segments", "categories_sizes"}) {
    const Json* part = At(tree, {key});
    if (part == nullptr || !part->is_array()) return broken(Cat(" lacks ", key));
    if (!part->empty()) return Refused("it splits on categories, which are not scored here");
  }
  const Json* types = At(tree, {"split_type"});
  if (types == nullptr || !types->is_array() || types->size() != nodes) return broken(" lacks split_type for each of its nodes");
  for (const Json& type : *types) {
    if (!type.is_number() || type.get<double>() != 0) return Refused("it splits on categories, which are not scored here");
  }
  const Json& right = tree["right_children"];
  const Json& split = tree["split_indices"];
  const Json& parents = tree["parents"];
  for (std::size_t i = 1; i < nodes; ++i) {
    const double parent = parents[i].get<double>();
    // Pruned nodes stay in the file, unknown to their parents, so no more is asked for.
    const bool is_there = parent >= 0 && parent < static_cast<double>(nodes) && parent == std::floor(parent);
    if (!is_there) return broken(Cat(", node ", i, " has a parent that is not there"));
  }
  for (std::size_t i = 0; i < nodes; ++i) {
    const double l = (*left)[i].get<double>();
    const double r = right[i].get<double>();
    const double f = split[i].get<double>();
    const auto is_child = [&](double child) { return child > static_cast<double>(i) && child < static_cast<double>(nodes); };
    if (l == -1 && r == -1) continue;
    if (!is_child(l) || !is_child(r)) return broken(Cat(", node ", i, " has a child that is not there"));
    if (!(f >= 0 && f < features)) return broken(Cat(", node ", i, " asks for a feature that is not there"));
    gain[static_cast<std::size_t>(f)] += tree["loss_changes"][i].get<double>();
  }
  return absl::OkStatus();
}

/// The list of trees agrees with what the model says about it.
absl::Status CheckTrees(const Json& model, double features, std::size_t outputs, std::vector<double>& gain) {
  const Json* trees = At(model, {"trees"});
  const Json* groups = At(model, {"tree_info"});
  if (trees == nullptr || !trees->is_array() || trees->empty()) return Broken("it has no trees");
  if (groups == nullptr || !groups->is_array() || groups->size() != trees->size())
    return Broken("tree_info does not fit the trees");
  for (const Json& group : *groups) {
    const double output = group.is_number() ? group.get<double>() : -1;
    if (!(output >= 0 && output < static_cast<double>(outputs) && output == std::floor(output)))
      return Broken("tree_info names an output that is not there");
  }
  const double count = static_cast<double>(trees->size());
  const double parallel = WholeNumber(TextAt(model, {"gbtree_model_param", "num_parallel_tree"})).value_or(0);
  if (WholeNumber(TextAt(model, {"gbtree_model_param", "num_trees"})) != count)
    return Broken("num_trees is not the number of trees");
  if (!(parallel >= 1 && parallel <= count && std::fmod(count, parallel * static_cast<double>(outputs)) == 0))
    return Broken("num_parallel_tree does not divide the number of trees");
  for (std::size_t i = 0; i < trees->size(); ++i) RETURN_IF_ERROR(CheckTree((*trees)[i], i, features, gain));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<XgboostModelShape> CheckXgboostModelFile(std::string_view bytes) {
  if (bytes.starts_with("binf")) return Refused("it is in the old binary form; save it as .ubj or .json");
  const std::optional<Json> model = Parse(bytes);
  if (!model) return Broken("it is neither UBJSON nor JSON");
  const Json* version = At(*model, {"version"});
  if (version == nullptr || !version->is_array() || version->size() != 3 || !(*version)[0].is_number() ||
      !(*version)[1].is_number())
    return Broken("it has no version");
  const double major = (*version)[0].get<double>();
  const double minor = (*version)[1].get<double>();
  const std::string written_by = Cat(major, ".", minor);
  if (major > 3 || (major == 3 && minor >= 1)) {
    return Refused(Cat("it was written by XGBoost ", written_by,
                       "; files of 3.1 and later hold the base score in a form that XGBoost 1.7.4 misreads without an error, so "
                       "every score would be wrong. "
                       "Train with XGBoost 3.0 or earlier"));
  }
  const std::string base_score = TextAt(*model, {"learner", "learner_model_param", "base_score"});
  if (base_score.starts_with('['))
    return Refused(
        Cat("its base score is the list ", base_score.substr(0, 40), ", which XGBoost 1.7.4 misreads without an error"));
  if (!WholeNumber(base_score)) return Broken("its base score is not a number");
  const std::optional<double> features = WholeNumber(TextAt(*model, {"learner", "learner_model_param", "num_feature"}));
  if (!features || !(*features >= 1 && *features <= 1e6)) return Broken("its number of features is missing or out of range");
  const double classes = WholeNumber(TextAt(*model, {"learner", "learner_model_param", "num_class"})).value_or(0);
  const std::string targets = TextAt(*model, {"learner", "learner_model_param", "num_target"});
  if (!targets.empty() && targets != "0" && targets != "1") return Refused("it gives more than one value a row");
  const std::string objective = TextAt(*model, {"learner", "objective", "name"});
  if (!objective.starts_with("reg:") && objective != "binary:logistic" && objective != "count:poisson" &&
      objective != "multi:softprob")
    return Refused(
        Cat("its objective is \"", objective.substr(0, 60), "\"; reg:…, binary:logistic and multi:softprob are served"));
  const bool has_classes = objective == "multi:softprob";
  if (has_classes ? !(classes >= 2 && classes <= 1000 && classes == std::floor(classes)) : !(classes == 0 || classes == 1))
    return Refused(Cat("its number of classes does not fit ", objective));
  const std::string booster = TextAt(*model, {"learner", "gradient_booster", "name"});
  if (booster != "gbtree") return Refused(Cat("its booster is \"", booster.substr(0, 60), "\"; gbtree is served"));
  const Json* boosted = At(*model, {"learner", "gradient_booster", "model"});
  if (boosted == nullptr) return Broken("it has no trees");
  XgboostModelShape shape{.features = static_cast<std::size_t>(*features),
                          .outputs = has_classes ? static_cast<std::size_t>(classes) : 1};
  shape.gain.resize(shape.features);
  RETURN_IF_ERROR(CheckTrees(*boosted, *features, shape.outputs, shape.gain));
  return shape;
}

}  // namespace millwright::learn
