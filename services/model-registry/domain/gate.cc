#include "model-registry/domain/gate.h"

#include <charconv>
#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::registry {
namespace {

constexpr std::size_t kMaxRules = 50;
constexpr std::size_t kMaxMetricName = 250;

/// Shortest text that reads back the same, so that two different numbers never look alike in a message.
std::string Text(double value) {
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}

std::vector<const Evaluation*> NewestOfEachDataset(const std::vector<Evaluation>& evaluations) {
  std::vector<const Evaluation*> newest;
  std::set<std::string> seen;
  for (const Evaluation& evaluation : evaluations) {
    if (seen.insert(evaluation.dataset_version_id).second) newest.push_back(&evaluation);
  }
  return newest;
}

bool IsAsGood(double value, double than, Direction direction) {
  return direction == Direction::kMinimize ? value <= than : value >= than;  // false when either is NaN
}

void Refuse(GateFinding& finding, std::string message) {
  finding.passed = false;
  finding.message = std::move(message);
}

void CompareWithProduction(const Contender& candidate, const Contender& production, const std::string& said,
                           GateFinding& finding) {
  finding.production_version = production.version;
  if (production.version == candidate.version) {
    finding.production_value = finding.value;
    absl::StrAppend(&finding.message, "; it is the version in Production");
    return;
  }
  const std::string whose = absl::StrCat("version ", production.version, " in Production");
  const Evaluation* theirs = nullptr;
  for (const Evaluation* evaluation : NewestOfEachDataset(production.evaluations)) {
    if (evaluation->dataset_version_id == finding.dataset_version_id) theirs = evaluation;
  }
  if (theirs == nullptr) {
    Refuse(finding, absl::StrCat(said, ", but ", whose, " has no evaluation on that dataset version to compare with"));
    return;
  }
  const auto value = theirs->metrics.find(finding.rule.metric);
  if (value == theirs->metrics.end()) {
    Refuse(finding, absl::StrCat(said, ", but the evaluation of ", whose, " there has no ", finding.rule.metric));
    return;
  }
  finding.production_value = value->second;
  if (!IsAsGood(*finding.value, value->second, finding.rule.direction)) {
    Refuse(finding, absl::StrCat(said, ", worse than ", Text(value->second), " of ", whose));
    return;
  }
  absl::StrAppend(&finding.message, ", no worse than ", Text(value->second), " of ", whose);
}

GateFinding Judge(const GateRule& rule, const Contender& candidate, const std::optional<Contender>& production) {
  GateFinding finding{.rule = rule, .passed = true};
  for (const Evaluation* evaluation : NewestOfEachDataset(candidate.evaluations)) {
    if (const auto value = evaluation->metrics.find(rule.metric); value != evaluation->metrics.end()) {
      finding.value = value->second;
      finding.dataset_version_id = evaluation->dataset_version_id;
      break;
    }
  }
  if (!finding.value) {
    if (production) finding.production_version = production->version;
    Refuse(finding,
           absl::StrCat("version ", candidate.version, " has no evaluation with ", rule.metric, ", so the gate cannot judge it"));
    return finding;
  }
  const std::string said = absl::StrCat(rule.metric, " of version ", candidate.version, " is ", Text(*finding.value),
                                        " on dataset version ", finding.dataset_version_id);
  finding.message = said;
  if (std::isnan(*finding.value)) {
    Refuse(finding, absl::StrCat(said, ", which is not a number and never passes"));
    return finding;
  }
  if (rule.bound) {
    const std::string bound = absl::StrCat(rule.direction == Direction::kMinimize ? "at most " : "at least ", Text(*rule.bound));
    if (!IsAsGood(*finding.value, *rule.bound, rule.direction)) {
      Refuse(finding, absl::StrCat(said, "; ", bound, " is required"));
      return finding;
    }
    absl::StrAppend(&finding.message, ", within the bound of ", bound);
  }
  if (rule.no_worse_than_production) {
    if (production) {
      CompareWithProduction(candidate, *production, said, finding);
    } else {
      absl::StrAppend(&finding.message, "; Production is empty");
    }
  }
  return finding;
}

}  // namespace

absl::Status CheckRules(const std::vector<GateRule>& rules) {
  if (rules.size() > kMaxRules) {
    return absl::InvalidArgumentError(absl::StrCat("rules: ", rules.size(), " rules; at most ", kMaxRules, " are allowed"));
  }
  for (const GateRule& rule : rules) {
    if (rule.metric.empty()) return absl::InvalidArgumentError("rules.metric: missing");
    RETURN_IF_ERROR(CheckText("rules.metric", rule.metric, kMaxMetricName));
    if (rule.bound && !std::isfinite(*rule.bound)) {
      return absl::InvalidArgumentError(
          absl::StrCat("rules.bound: ", Text(*rule.bound), " of ", rule.metric, " is not a finite number"));
    }
    if (!rule.bound && !rule.no_worse_than_production) {
      return absl::InvalidArgumentError(absl::StrCat("rules: the rule on ", rule.metric,
                                                     " compares with nothing; set bound, no_worse_than_production or both"));
    }
  }
  return absl::OkStatus();
}

GateDecision Decide(const std::vector<GateRule>& rules, const Contender& candidate, const std::optional<Contender>& production) {
  GateDecision decision;
  for (const GateRule& rule : rules) {
    decision.findings.push_back(Judge(rule, candidate, production));
    decision.passed &= decision.findings.back().passed;
  }
  return decision;
}

std::string Refusals(const GateDecision& decision) {
  std::string text;
  for (const GateFinding& finding : decision.findings) {
    if (!finding.passed) absl::StrAppend(&text, text.empty() ? "" : "; ", finding.message);
  }
  return text;
}

}  // namespace millwright::registry
