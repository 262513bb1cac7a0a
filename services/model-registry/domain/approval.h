#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model-registry/domain/model.h"

namespace millwright::registry {

/// How much a person may do; each includes the ones before it.
enum class Rank { kViewer, kEngineer, kAdmin };

std::string Name(Rank rank);                         // "viewer", "engineer", "admin"
std::optional<Rank> RankOf(absl::string_view name);  // empty for any other text

/// How many people must say yes before a stage.
struct ApprovalRule {
  int count = 0;  // distinct people; 0: none is needed
  Rank least_rank = Rank::kEngineer;
  bool not_author = false;  // whoever made the version does not count
};

/// One person's word on a version for a stage. Append-only; the latest of a person counts.
struct Approval {
  std::int64_t id = 0;
  std::string name;
  int version = 0;
  Stage stage = Stage::kNone;
  bool is_approved = false;
  std::string actor;
  Rank rank = Rank::kViewer;
  std::string reason;
  absl::Time at;
};

/// The result of a named check on a version, as CI or a monitor reports it. Append-only; the latest of a name counts.
struct Check {
  std::int64_t id = 0;
  std::string model;
  int version = 0;
  std::string name;
  bool is_passed = false;
  std::string details;
  std::string link;
  std::string actor;
  absl::Time at;
};

/// What the people's words come to under a rule.
struct ApprovalTally {
  std::vector<std::string> approved_by;  // those that count
  std::vector<Approval> rejections;      // standing, of people who may approve
};

/// `approvals` newest first. Who has not the rank, or is the author where that matters, is not counted.
ApprovalTally Tally(const ApprovalRule& rule, const std::vector<Approval>& approvals, const std::string& author);

/// InvalidArgument names the field, the value and what would be right.
absl::Status CheckApproval(const Approval& approval);
absl::Status CheckCheck(const Check& check);

}  // namespace millwright::registry
