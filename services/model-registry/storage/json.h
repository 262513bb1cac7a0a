#pragma once

#include <map>
#include <string>
#include <vector>

#include "model-registry/domain/gate.h"
#include "model-registry/domain/model.h"
#include "nlohmann/json.hpp"

namespace millwright::registry {

/// How domain values stand in jsonb columns. Reading what the matching function did not write is a broken invariant.
nlohmann::json FilesToJson(const std::vector<BundleFile>& files);
std::vector<BundleFile> FilesFromJson(const nlohmann::json& json);
nlohmann::json MetricsToJson(const std::map<std::string, double>& metrics);
std::map<std::string, double> MetricsFromJson(const nlohmann::json& json);
nlohmann::json RulesToJson(const std::vector<GateRule>& rules);
std::vector<GateRule> RulesFromJson(const nlohmann::json& json);
nlohmann::json ApprovalsToJson(const ApprovalRule& rule);
ApprovalRule ApprovalsFromJson(const nlohmann::json& json);
nlohmann::json DecisionToJson(const GateDecision& decision);
GateDecision DecisionFromJson(const nlohmann::json& json);

}  // namespace millwright::registry
