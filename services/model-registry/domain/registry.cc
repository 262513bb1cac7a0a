#include "model-registry/domain/registry.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::registry {
namespace {

constexpr std::size_t kMaxText = 5000;
constexpr std::size_t kMaxRequestId = 250;
constexpr std::size_t kMaxEvidenceBytes = 256 << 10;
constexpr int kMaxEvaluations = 1000;

}  // namespace

absl::StatusOr<RegisteredModel> Registry::CreateModel(const base::WorkspaceId& workspace, const std::string& name,
                                                      const std::string& description) {
  RETURN_IF_ERROR(CheckModelName(name));
  RETURN_IF_ERROR(CheckText("description", description, kMaxText));
  return models_.CreateModel(workspace, RegisteredModel{.name = name, .description = description, .created_at = clock_.Now()});
}

absl::StatusOr<ModelVersion> Registry::CreateVersion(const base::WorkspaceId& workspace, const std::string& name,
                                                     const NewVersion& version, const std::string& created_by) {
  RETURN_IF_ERROR(CheckNewVersion(version));
  return models_.CreateVersion(workspace, name, version, created_by, clock_.Now());
}

absl::StatusOr<Evaluation> Registry::RecordEvaluation(const base::WorkspaceId& workspace, Evaluation evaluation) {
  RETURN_IF_ERROR(CheckEvaluation(evaluation));
  evaluation.at = clock_.Now();
  return models_.RecordEvaluation(workspace, evaluation);
}

absl::StatusOr<std::vector<Evaluation>> Registry::ListEvaluations(const base::WorkspaceId& workspace, const std::string& name,
                                                                  int version) {
  return models_.ListEvaluations(workspace, name, version, kMaxEvaluations);
}

absl::Status Registry::SetGate(const base::WorkspaceId& workspace, const std::string& name, Stage stage,
                               const std::vector<GateRule>& rules) {
  if (stage == Stage::kNone) return absl::InvalidArgumentError("stage: None has no gate; use Staging, Production or Archived");
  RETURN_IF_ERROR(CheckRules(rules));
  return models_.SetGate(workspace, name, stage, rules, clock_.Now());
}

absl::StatusOr<Promotion> Registry::Promote(const base::WorkspaceId& workspace, PromotionOrder order) {
  RETURN_IF_ERROR(CheckText("reason", order.reason, kMaxText));
  RETURN_IF_ERROR(CheckText("request_id", order.request_id, kMaxRequestId));
  order.at = clock_.Now();
  ASSIGN_OR_RETURN(Promotion promotion, releases_.Promote(workspace, order));
  if (promotion.kind != PromotionKind::kRefused) return promotion;
  return absl::FailedPreconditionError(absl::StrCat("the gate before ", Name(promotion.to_stage), " refused version ",
                                                    promotion.version, " of model \"", promotion.name,
                                                    "\": ", Refusals(promotion.decision)));
}

absl::StatusOr<Promotion> Registry::RollBack(const base::WorkspaceId& workspace, RollbackOrder order) {
  RETURN_IF_ERROR(CheckText("reason", order.reason, kMaxText));
  if (order.evidence.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).size() > kMaxEvidenceBytes) {
    return absl::InvalidArgumentError("evidence: more than 256 KiB as JSON");
  }
  order.at = clock_.Now();
  return releases_.RollBack(workspace, order);
}

}  // namespace millwright::registry
