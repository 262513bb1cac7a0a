#include "lib/learn/training/training_spec.h"

#include <algorithm>
#include <charconv>

#include "lib/base/status_macros.h"
#include "lib/learn/learners/learner.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kMaxHeads = 32;
constexpr std::size_t kMaxPatterns = 1000;
constexpr int kMaxDepth = 32;

bool IsHeadName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

absl::StatusOr<HeadSpec> ParseHead(const nlohmann::json& json, const std::string& path, const PipelineSpec& pipeline) {
  StrictObject object(json, path);
  HeadSpec head{.name = object.Text("name"), .learner = object.Text("learner", "xgboost"), .params = nlohmann::json::object()};
  if (!IsHeadName(head.name))
    object.Fail("name", Cat("\"", head.name.substr(0, 64), "\" must be 1 to 64 letters, digits, _ or -"));
  const nlohmann::json& target = object.Required("target");
  if (const nlohmann::json* params = object.Optional("params")) head.params = *params;
  head.features = object.Texts("features");
  if (head.features.size() > kMaxPatterns) object.Fail("features", Cat("must be at most ", kMaxPatterns, " patterns"));
  head.weight_column = object.Text("weight", "");
  head.weighs_assets_equally = object.Bool("equal_assets", false);
  const nlohmann::json* threshold = object.Optional("threshold");
  RETURN_IF_ERROR(object.Finish());
  ASSIGN_OR_RETURN(head.target, ParseTarget(target, path + ".target"));
  ASSIGN_OR_RETURN(head.threshold, ParseThreshold(threshold, head.target, path + ".threshold"));
  if (head.target.needs_time() && pipeline.time_column.empty())
    return absl::InvalidArgumentError(Cat(path, ".target.kind: needs time.column"));
  const absl::StatusOr<const LearnerEntry*> learner = FindLearner(head.learner);
  if (!learner.ok()) return absl::InvalidArgumentError(Cat(path, ".learner: ", learner.status().message()));
  // How many classes a column has is known in training only.
  if (head.target.kind == TargetSpec::Kind::kClasses && head.target.labels.empty()) return head;
  RETURN_IF_ERROR((*learner)->make(head.params, head.target.learning_task(), path + ".params").status());
  return head;
}

std::vector<TargetSpec> TargetsOf(std::span<const HeadSpec> heads) {
  std::vector<TargetSpec> targets;
  for (const HeadSpec& head : heads) targets.push_back(head.target);
  return targets;
}

std::vector<std::string> SplitPath(std::string_view path) {
  std::vector<std::string> keys;
  for (;;) {
    const std::size_t dot = path.find('.');
    keys.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return keys;
    path.remove_prefix(dot + 1);
  }
}

nlohmann::json* Item(nlohmann::json& list, std::string_view place) {
  std::size_t item = 0;
  const auto [end, error] = std::from_chars(place.data(), place.data() + place.size(), item);
  return error == std::errc() && end == place.data() + place.size() && item < list.size() ? &list[item] : nullptr;
}

/// The place in the spec that a dotted name means, made if absent; null when the way there is not made of objects and of
/// items that lists have.
nlohmann::json* Place(nlohmann::json& source, const std::vector<std::string>& keys) {
  nlohmann::json* at = &source;
  std::size_t next = 0;
  if (keys.size() > 2 && keys[0] == "heads") {
    at = nullptr;
    for (nlohmann::json& head : source["heads"]) {
      if (head["name"] == keys[1]) at = &head;
    }
    next = 2;
  }
  for (; at != nullptr && next < keys.size(); ++next) {
    if (at->is_null()) *at = nlohmann::json::object();
    at = at->is_array() ? Item(*at, keys[next]) : at->is_object() ? &(*at)[keys[next]] : nullptr;
  }
  return at;
}

}  // namespace

absl::StatusOr<TrainingSpec> ParseTrainingSpec(const nlohmann::json& json) {
  if (IsDeeper(json, kMaxDepth)) return absl::InvalidArgumentError(Cat("the training spec is nested deeper than ", kMaxDepth));
  TrainingSpec spec{.source = json};
  StrictObject object(json, "");
  const nlohmann::json none;
  const nlohmann::json* asset = object.Optional("asset");
  const nlohmann::json* time = object.Optional("time");
  const nlohmann::json& features = object.Required("features");
  const nlohmann::json* split = object.Optional("split");
  const nlohmann::json& heads = object.Required("heads");
  spec.trains_baselines = object.Bool("baselines", true);
  spec.reports_features = object.Bool("feature_report", true);
  RETURN_IF_ERROR(object.Finish());
  ASSIGN_OR_RETURN(spec.pipeline, ParsePipeline(asset != nullptr ? *asset : none, time != nullptr ? *time : none, features));
  if (!heads.is_array() || heads.empty() || heads.size() > kMaxHeads)
    return absl::InvalidArgumentError(Cat("heads: must be a list of 1 to ", kMaxHeads, " heads"));
  for (std::size_t i = 0; i < heads.size(); ++i) {
    ASSIGN_OR_RETURN(HeadSpec head, ParseHead(heads[i], Cat("heads[", i, "]"), spec.pipeline));
    for (const HeadSpec& other : spec.heads) {
      if (other.name == head.name)
        return absl::InvalidArgumentError(Cat("heads[", i, "].name: \"", head.name, "\" is there twice"));
    }
    spec.heads.push_back(std::move(head));
  }
  if (split != nullptr) {
    ASSIGN_OR_RETURN(spec.split, ParseSplit(*split, spec.pipeline, TargetsOf(spec.heads)));
  }
  return spec;
}

absl::StatusOr<std::vector<Part>> SplitRows(const TrainingSpec& spec, const Table& table, std::span<const AssetRows> assets) {
  return SplitRows(spec.split, spec.pipeline, TargetsOf(spec.heads), table, assets);
}

absl::StatusOr<TrainingSpec> WithParams(const TrainingSpec& spec, const nlohmann::json& params) {
  if (params.is_null()) return spec;
  if (!params.is_object()) return absl::InvalidArgumentError(Cat("params: ", Excerpt(params), " must be an object"));
  nlohmann::json source = spec.source;
  for (const auto& [name, value] : params.items()) {
    if (IsDeeper(value, kMaxDepth))
      return absl::InvalidArgumentError(Cat("params.", name, ": is nested deeper than ", kMaxDepth));
    if (name.find('.') == std::string::npos) {
      for (nlohmann::json& head : source["heads"]) {
        if (head.contains("params") && !head["params"].is_object()) continue;
        head["params"][name] = value;
      }
      continue;
    }
    nlohmann::json* place = Place(source, SplitPath(name));
    if (place == nullptr)
      return absl::InvalidArgumentError(Cat("params.", name, ": there is no such place in the training spec"));
    *place = value;
  }
  return ParseTrainingSpec(source);
}

}  // namespace millwright::learn
