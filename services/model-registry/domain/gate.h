#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "model-registry/domain/approval.h"
#include "model-registry/domain/model.h"

namespace millwright::registry {

enum class Direction { kMinimize, kMaximize };

/// One metric against a bound, against the version in Production on the same dataset version, or both.
struct GateRule {
  std::string metric;
  Direction direction = Direction::kMinimize;
  std::optional<double> bound;  // finite; at most (minimize) or at least (maximize) this, equal passes
  bool no_worse_than_production = false;
  bool within_interval = false;  // a worse value passes while the interval of the difference from Production's holds 0
};

/// All that stands before a stage of a model.
struct Gate {
  Stage stage = Stage::kNone;
  std::vector<GateRule> rules;
  ApprovalRule approvals;
  std::vector<std::string> checks;  // names that must have passed
};

enum class FindingKind { kMetric, kApprovals, kCheck };

/// What one rule said, with the numbers it said it by.
struct GateFinding {
  FindingKind kind = FindingKind::kMetric;
  GateRule rule;
  bool passed = false;
  std::optional<double> value;             // the candidate's
  std::optional<double> production_value;  // on the same dataset version
  int production_version = 0;              // 0: Production is empty
  std::string dataset_version_id;
  std::string check;                     // of a check: its name
  int required = 0;                      // of approvals: how many people
  std::vector<std::string> approved_by;  // of approvals: who said yes
  std::string message;                   // one sentence for a person
};

struct GateDecision {
  bool passed = true;
  std::vector<GateFinding> findings;
};

/// One version with its evaluations, newest first.
struct Contender {
  int version = 0;
  std::vector<Evaluation> evaluations;
};

/// What a gate judges by.
struct GateEvidence {
  Contender candidate;
  std::optional<Contender> production;
  std::string author;               // of the candidate
  std::vector<Approval> approvals;  // for this stage, newest first, since the candidate last left it
  std::vector<Check> checks;        // newest first
};

/// Rules of one stage: at most 50, each with a metric and something to compare it with.
absl::Status CheckRules(const std::vector<GateRule>& rules);
/// And the rest of a gate: 0 to 20 approvals by engineers or admins, at most 50 distinct checks.
absl::Status CheckGateRules(const Gate& gate);

/// The gate. Of each dataset version only the newest evaluation counts; a rule looks at the newest of those of the candidate
/// that has its metric, and compares with Production on that same dataset version. NaN never passes, nor do figures of rows that
/// trained the candidate (`seen_in_training`); a tie does, and a comparison passes when Production is empty or is the candidate
/// itself. Where the candidate's evaluation was made beside it (`champion_version`), the pair `<metric>_on_common` and
/// `<metric>_champion_on_common` is compared instead, when there is one; without one, Production is not compared on rows that
/// trained it (`champion_seen_rows`). `within_interval` reads `<metric>_difference_low` and `_high` there. No rules: passed.
GateDecision Decide(const std::vector<GateRule>& rules, const Contender& candidate, const std::optional<Contender>& production);

/// The whole gate: metrics, then approvals, then checks. A standing rejection of someone who may approve refuses; a check that
/// never ran has not passed.
GateDecision Decide(const Gate& gate, const GateEvidence& evidence);

/// The sentences of the rules that did not pass, joined.
std::string Refusals(const GateDecision& decision);

}  // namespace millwright::registry
