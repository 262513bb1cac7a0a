#include "model-registry/domain/gate.h"

#include <charconv>
#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"

namespace millwright::registry {
namespace {

constexpr std::size_t kMaxRules = 50;
constexpr std::size_t kMaxMetricName = 250;
constexpr std::size_t kMaxChecks = 50;
constexpr int kMaxApprovals = 20;

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

/// The candidate's newest evaluation on the dataset version, when it was made beside the version in Production.
const Evaluation* BesideProduction(const Contender& production, const Contender& candidate, const std::string& dataset) {
  for (const Evaluation* evaluation : NewestOfEachDataset(candidate.evaluations)) {
    const auto version = evaluation->metrics.find("champion_version");
    if (evaluation->dataset_version_id != dataset || version == evaluation->metrics.end()) continue;
    return version->second == production.version ? evaluation : nullptr;
  }
  return nullptr;
}

std::optional<double> Find(const Evaluation* evaluation, const std::string& metric) {
  if (evaluation == nullptr) return std::nullopt;
  const auto it = evaluation->metrics.find(metric);
  return it == evaluation->metrics.end() ? std::nullopt : std::optional(it->second);
}

void CompareWithProduction(const Contender& candidate, const Contender& production, const std::string& said,
                           GateFinding& finding) {
  finding.production_version = production.version;
  if (production.version == candidate.version) {
    finding.production_value = finding.value;
    absl::StrAppend(&finding.message, "; it is the version in Production");
    return;
  }
  const std::string& metric = finding.rule.metric;
  const std::string whose = absl::StrCat("version ", production.version, " in Production");
  const Evaluation* beside = BesideProduction(production, candidate, finding.dataset_version_id);
  double own = *finding.value;
  std::string where;  // the rows that the comparison is on
  if (const auto common = Find(beside, absl::StrCat(metric, "_on_common"))) {
    own = *common;
    finding.production_value = Find(beside, absl::StrCat(metric, "_champion_on_common"));
    where = absl::StrCat(", and ", Text(own), " on the rows that both may be compared on");
  } else if (const auto seen = Find(beside, "champion_seen_rows"); seen && *seen > 0) {
    Refuse(finding, absl::StrCat(said, ", but ", whose, " or the candidate was trained on ", Text(*seen),
                                 " of those rows and the rest has no ", metric,
                                 " to compare; evaluate on a dataset that neither was trained on (options.split: all)"));
    return;
  } else {
    const Evaluation* theirs = nullptr;
    for (const Evaluation* evaluation : NewestOfEachDataset(production.evaluations)) {
      if (evaluation->dataset_version_id == finding.dataset_version_id) theirs = evaluation;
    }
    if (theirs == nullptr) {
      Refuse(finding, absl::StrCat(said, ", but ", whose, " has no evaluation on that dataset version to compare with"));
      return;
    }
    finding.production_value = Find(theirs, metric);
  }
  if (!finding.production_value) {
    Refuse(finding, absl::StrCat(said, ", but the evaluation of ", whose, " there has no ", metric));
    return;
  }
  const std::string value = Text(*finding.production_value);
  if (!IsAsGood(own, *finding.production_value, finding.rule.direction)) {
    const auto low = Find(beside, absl::StrCat(metric, "_difference_low"));
    const auto high = Find(beside, absl::StrCat(metric, "_difference_high"));
    if (finding.rule.within_interval && low && high && *low <= 0 && *high >= 0) {
      absl::StrAppend(&finding.message, where, ", not separable from ", value, " of ", whose,
                      ": the interval of the difference is ", Text(*low), " to ", Text(*high));
      return;
    }
    Refuse(finding, absl::StrCat(said, where, ", worse than ", value, " of ", whose));
    return;
  }
  absl::StrAppend(&finding.message, where, ", no worse than ", value, " of ", whose);
}

GateFinding Judge(const GateRule& rule, const Contender& candidate, const std::optional<Contender>& production) {
  GateFinding finding{.rule = rule, .passed = true};
  bool is_seen = false;
  for (const Evaluation* evaluation : NewestOfEachDataset(candidate.evaluations)) {
    if (const auto value = evaluation->metrics.find(rule.metric); value != evaluation->metrics.end()) {
      finding.value = value->second;
      finding.dataset_version_id = evaluation->dataset_version_id;
      is_seen = evaluation->metrics.contains("seen_in_training");
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
  if (is_seen) {
    Refuse(finding, absl::StrCat(said, ", of rows that it was trained on; evaluate it on rows that it has not seen"));
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

GateFinding JudgeApprovals(const ApprovalRule& rule, const GateEvidence& evidence) {
  ApprovalTally tally = Tally(rule, evidence.approvals, evidence.author);
  GateFinding finding{.kind = FindingKind::kApprovals, .required = rule.count, .approved_by = std::move(tally.approved_by)};
  const int given = static_cast<int>(finding.approved_by.size());
  finding.passed = given >= rule.count && tally.rejections.empty();
  finding.message = absl::StrCat("version ", evidence.candidate.version, " has ", given, " of ", rule.count,
                                 " approvals by people who are at least ", Name(rule.least_rank),
                                 rule.not_author ? absl::StrCat(", not counting its author ", evidence.author) : "",
                                 given == 0 ? "" : absl::StrCat(": ", absl::StrJoin(finding.approved_by, ", ")));
  for (const Approval& rejection : tally.rejections)
    absl::StrAppend(&finding.message, "; rejected by ", rejection.actor, ": ", rejection.reason);
  return finding;
}

GateFinding JudgeCheck(const std::string& name, const GateEvidence& evidence) {
  GateFinding finding{.kind = FindingKind::kCheck, .check = name};
  for (const Check& check : evidence.checks) {
    if (check.name != name) continue;
    finding.passed = check.is_passed;
    finding.message =
        absl::StrCat("check ", name, " of version ", evidence.candidate.version, check.is_passed ? " passed" : " failed",
                     check.details.empty() ? "" : ": ", check.details.substr(0, 500));
    return finding;
  }
  finding.message = absl::StrCat("check ", name, " was not recorded for version ", evidence.candidate.version);
  return finding;
}

}  // namespace

absl::Status CheckGateRules(const Gate& gate) {
  if (gate.stage == Stage::kNone)
    return absl::InvalidArgumentError("stage: None has no gate; use Staging, Production or Archived");
  RETURN_IF_ERROR(CheckRules(gate.rules));
  if (gate.approvals.count < 0 || gate.approvals.count > kMaxApprovals) {
    return absl::InvalidArgumentError(
        absl::StrCat("approvals.count: ", gate.approvals.count, "; 0 to ", kMaxApprovals, " people may be asked for"));
  }
  if (gate.approvals.least_rank == Rank::kViewer)
    return absl::InvalidArgumentError("approvals.least_role: viewers cannot approve; use engineer or admin");
  if (gate.checks.size() > kMaxChecks) {
    return absl::InvalidArgumentError(
        absl::StrCat("checks: ", gate.checks.size(), " checks; at most ", kMaxChecks, " are allowed"));
  }
  std::set<std::string> names;
  for (const std::string& name : gate.checks) {
    if (name.empty()) return absl::InvalidArgumentError("checks: a check without a name");
    RETURN_IF_ERROR(CheckText("checks", name, kMaxMetricName));
    if (!names.insert(name).second) return absl::InvalidArgumentError(absl::StrCat("checks: \"", name, "\" is there twice"));
  }
  return absl::OkStatus();
}

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
    if (rule.within_interval && !rule.no_worse_than_production) {
      return absl::InvalidArgumentError(
          absl::StrCat("rules.within_interval: of ", rule.metric, "; it goes with no_worse_than_production"));
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

GateDecision Decide(const Gate& gate, const GateEvidence& evidence) {
  GateDecision decision = Decide(gate.rules, evidence.candidate, evidence.production);
  if (gate.approvals.count > 0) decision.findings.push_back(JudgeApprovals(gate.approvals, evidence));
  for (const std::string& check : gate.checks) decision.findings.push_back(JudgeCheck(check, evidence));
  for (const GateFinding& finding : decision.findings) decision.passed &= finding.passed;
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
