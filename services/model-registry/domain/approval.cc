#include "model-registry/domain/approval.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::registry {
namespace {

constexpr std::size_t kMaxText = 5000;
constexpr std::size_t kMaxName = 250;
constexpr std::size_t kMaxDetails = 64 << 10;

}  // namespace

std::string Name(Rank rank) {
  switch (rank) {
    case Rank::kViewer:
      return "viewer";
    case Rank::kEngineer:
      return "engineer";
    case Rank::kAdmin:
      return "admin";
  }
  return "";
}

std::optional<Rank> RankOf(absl::string_view name) {
  for (const Rank rank : {Rank::kViewer, Rank::kEngineer, Rank::kAdmin}) {
    if (Name(rank) == name) return rank;
  }
  return std::nullopt;
}

ApprovalTally Tally(const ApprovalRule& rule, const std::vector<Approval>& approvals, const std::string& author) {
  ApprovalTally tally;
  std::set<std::string> heard;
  for (const Approval& approval : approvals) {
    if (approval.rank < rule.least_rank || (rule.not_author && approval.actor == author)) continue;
    if (!heard.insert(approval.actor).second) continue;
    if (approval.is_approved) {
      tally.approved_by.push_back(approval.actor);
    } else {
      tally.rejections.push_back(approval);
    }
  }
  return tally;
}

absl::Status CheckApproval(const Approval& approval) {
  if (approval.stage == Stage::kNone)
    return absl::InvalidArgumentError("stage: None has no gate; use Staging, Production or Archived");
  if (!approval.is_approved && approval.reason.empty())
    return absl::InvalidArgumentError("reason: missing; a rejection says what is wrong");
  return CheckText("reason", approval.reason, kMaxText);
}

absl::Status CheckCheck(const Check& check) {
  if (check.name.empty()) return absl::InvalidArgumentError("check: missing; it is the name of what was checked");
  RETURN_IF_ERROR(CheckText("check", check.name, kMaxName));
  RETURN_IF_ERROR(CheckText("details", check.details, kMaxDetails));
  return CheckText("link", check.link, kMaxText);
}

}  // namespace millwright::registry
