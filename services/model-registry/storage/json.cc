#include "model-registry/storage/json.h"

#include <cmath>
#include <limits>

namespace millwright::registry {
namespace {

using nlohmann::json;

/// JSON has no NaN and no infinities: they stand as text.
json Number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

double ReadNumber(const json& value) {
  if (!value.is_string()) return value.get<double>();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::string text = value.get<std::string>();
  return text == "NaN" ? std::numeric_limits<double>::quiet_NaN() : text == "Infinity" ? kInfinity : -kInfinity;
}

void Put(json& object, const char* key, const std::optional<double>& value) {
  if (value) object[key] = Number(*value);
}

std::optional<double> Take(const json& object, const char* key) {
  if (!object.contains(key)) return std::nullopt;
  return ReadNumber(object[key]);
}

json RuleToJson(const GateRule& rule) {
  json object = {{"metric", rule.metric},
                 {"direction", rule.direction == Direction::kMinimize ? "minimize" : "maximize"},
                 {"no_worse_than_production", rule.no_worse_than_production}};
  Put(object, "bound", rule.bound);
  return object;
}

GateRule RuleFromJson(const json& object) {
  return {.metric = object["metric"].get<std::string>(),
          .direction = object["direction"] == "minimize" ? Direction::kMinimize : Direction::kMaximize,
          .bound = Take(object, "bound"),
          .no_worse_than_production = object["no_worse_than_production"].get<bool>()};
}

}  // namespace

json FilesToJson(const std::vector<BundleFile>& files) {
  json list = json::array();
  for (const BundleFile& file : files) list.push_back({{"path", file.path}, {"sha256", file.sha256}, {"size", file.size}});
  return list;
}

std::vector<BundleFile> FilesFromJson(const json& list) {
  std::vector<BundleFile> files;
  for (const json& file : list) {
    files.push_back({file["path"].get<std::string>(), file["sha256"].get<std::string>(), file["size"].get<std::uint64_t>()});
  }
  return files;
}

json MetricsToJson(const std::map<std::string, double>& metrics) {
  json object = json::object();
  for (const auto& [metric, value] : metrics) object[metric] = Number(value);
  return object;
}

std::map<std::string, double> MetricsFromJson(const json& object) {
  std::map<std::string, double> metrics;
  for (const auto& [metric, value] : object.items()) metrics[metric] = ReadNumber(value);
  return metrics;
}

json RulesToJson(const std::vector<GateRule>& rules) {
  json list = json::array();
  for (const GateRule& rule : rules) list.push_back(RuleToJson(rule));
  return list;
}

std::vector<GateRule> RulesFromJson(const json& list) {
  std::vector<GateRule> rules;
  for (const json& rule : list) rules.push_back(RuleFromJson(rule));
  return rules;
}

json DecisionToJson(const GateDecision& decision) {
  json findings = json::array();
  for (const GateFinding& finding : decision.findings) {
    json object = {{"rule", RuleToJson(finding.rule)},
                   {"passed", finding.passed},
                   {"production_version", finding.production_version},
                   {"dataset_version_id", finding.dataset_version_id},
                   {"message", finding.message}};
    Put(object, "value", finding.value);
    Put(object, "production_value", finding.production_value);
    findings.push_back(std::move(object));
  }
  return {{"passed", decision.passed}, {"findings", std::move(findings)}};
}

GateDecision DecisionFromJson(const json& object) {
  GateDecision decision{.passed = object["passed"].get<bool>(), .findings = {}};
  for (const json& finding : object["findings"]) {
    decision.findings.push_back({.rule = RuleFromJson(finding["rule"]),
                                 .passed = finding["passed"].get<bool>(),
                                 .value = Take(finding, "value"),
                                 .production_value = Take(finding, "production_value"),
                                 .production_version = finding["production_version"].get<int>(),
                                 .dataset_version_id = finding["dataset_version_id"].get<std::string>(),
                                 .message = finding["message"].get<std::string>()});
  }
  return decision;
}

}  // namespace millwright::registry
