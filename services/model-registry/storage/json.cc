#include "model-registry/storage/json.h"

#include <cmath>
#include <limits>

#include "lib/base/check.h"

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
  if (rule.within_interval) object["within_interval"] = true;
  Put(object, "bound", rule.bound);
  return object;
}

GateRule RuleFromJson(const json& object) {
  return {.metric = object["metric"].get<std::string>(),
          .direction = object["direction"] == "minimize" ? Direction::kMinimize : Direction::kMaximize,
          .bound = Take(object, "bound"),
          .no_worse_than_production = object["no_worse_than_production"].get<bool>(),
          .within_interval = object.value("within_interval", false)};
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

json ApprovalsToJson(const ApprovalRule& rule) {
  return {{"count", rule.count}, {"least_role", Name(rule.least_rank)}, {"not_author", rule.not_author}};
}

ApprovalRule ApprovalsFromJson(const json& object) {
  const std::optional<Rank> rank = RankOf(object["least_role"].get<std::string>());
  CHECK(rank.has_value());
  return {.count = object["count"].get<int>(), .least_rank = *rank, .not_author = object["not_author"].get<bool>()};
}

json DecisionToJson(const GateDecision& decision) {
  json findings = json::array();
  for (const GateFinding& finding : decision.findings) {
    json object = {{"passed", finding.passed}, {"message", finding.message}};
    switch (finding.kind) {
      case FindingKind::kMetric:
        object["rule"] = RuleToJson(finding.rule);
        object["production_version"] = finding.production_version;
        object["dataset_version_id"] = finding.dataset_version_id;
        Put(object, "value", finding.value);
        Put(object, "production_value", finding.production_value);
        break;
      case FindingKind::kApprovals:
        object["required"] = finding.required;
        object["approved_by"] = finding.approved_by;
        break;
      case FindingKind::kCheck:
        object["check"] = finding.check;
        break;
    }
    findings.push_back(std::move(object));
  }
  return {{"passed", decision.passed}, {"findings", std::move(findings)}};
}

GateDecision DecisionFromJson(const json& object) {
  GateDecision decision{.passed = object["passed"].get<bool>(), .findings = {}};
  for (const json& json : object["findings"]) {
    GateFinding finding{.passed = json["passed"].get<bool>(), .message = json["message"].get<std::string>()};
    if (json.contains("check")) {
      finding.kind = FindingKind::kCheck;
      finding.check = json["check"].get<std::string>();
    } else if (json.contains("required")) {
      finding.kind = FindingKind::kApprovals;
      finding.required = json["required"].get<int>();
      finding.approved_by = json["approved_by"].get<std::vector<std::string>>();
    } else {
      finding.rule = RuleFromJson(json["rule"]);
      finding.value = Take(json, "value");
      finding.production_value = Take(json, "production_value");
      finding.production_version = json["production_version"].get<int>();
      finding.dataset_version_id = json["dataset_version_id"].get<std::string>();
    }
    decision.findings.push_back(std::move(finding));
  }
  return decision;
}

}  // namespace millwright::registry
