#include "model-registry/domain/registry.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"

namespace millwright::registry {
namespace {

constexpr std::size_t kMaxText = 5000;
constexpr std::size_t kMaxCard = 256 << 10;
constexpr std::size_t kMaxRequestId = 250;
constexpr std::size_t kMaxEvidenceBytes = 256 << 10;
constexpr std::size_t kMaxTags = 1000;
constexpr int kMaxEvaluations = 1000;

/// Whether what the URI names may be in the tracker's store.
bool IsInStore(const std::string& uri) {
  for (const char* scheme : {"runs:/", "models:/m-", "mlflow-artifacts:/"}) {
    if (absl::StartsWith(uri, scheme)) return true;
  }
  return false;
}

}  // namespace

/// Whole milliseconds, as MLflow's clients see them: what sorts by time sorts for them as for us.
absl::Time Registry::Now() const { return absl::FromUnixMillis(absl::ToUnixMillis(clock_.Now())); }

absl::StatusOr<RegisteredModel> Registry::CreateModel(const base::WorkspaceId& workspace, const RegisteredModel& model,
                                                      const std::string& actor) {
  RETURN_IF_ERROR(CheckModelName(model.name));
  RETURN_IF_ERROR(CheckText("description", model.description, kMaxText));
  if (model.tags.size() > kMaxTags)
    return absl::InvalidArgumentError(absl::StrCat("tags: ", model.tags.size(), " tags; at most ", kMaxTags, " are allowed"));
  for (const auto& [key, value] : model.tags) RETURN_IF_ERROR(CheckTag(key, value));
  return stores_.models.CreateModel(workspace, model, By(actor));
}

absl::StatusOr<RegisteredModel> Registry::UpdateModel(const base::WorkspaceId& workspace, const std::string& name,
                                                      const std::string& description, const std::string& actor) {
  RETURN_IF_ERROR(CheckText("description", description, kMaxText));
  return stores_.models.UpdateModel(workspace, name, description, By(actor));
}

absl::StatusOr<RegisteredModel> Registry::RenameModel(const base::WorkspaceId& workspace, const std::string& name,
                                                      const std::string& new_name, const std::string& actor) {
  RETURN_IF_ERROR(CheckModelName(new_name));
  RETURN_IF_ERROR(stores_.releases.RenameModel(workspace, name, new_name, By(actor)));
  return stores_.models.GetModel(workspace, new_name);
}

absl::Status Registry::DeleteModel(const base::WorkspaceId& workspace, const std::string& name, bool may_be_in_production,
                                   const std::string& actor) {
  return stores_.releases.DeleteModel(workspace, name, may_be_in_production, By(actor));
}

absl::Status Registry::SetModelTag(const base::WorkspaceId& workspace, const std::string& name, const std::string& key,
                                   const std::string& value, const std::string& actor) {
  RETURN_IF_ERROR(CheckTag(key, value));
  return stores_.models.SetTag(workspace, name, key, value, By(actor));
}

absl::Status Registry::DeleteModelTag(const base::WorkspaceId& workspace, const std::string& name, const std::string& key,
                                      const std::string& actor) {
  return stores_.models.DeleteTag(workspace, name, key, By(actor));
}

absl::Status Registry::SetAlias(const base::WorkspaceId& workspace, const std::string& name, const std::string& alias,
                                int version, const std::string& actor) {
  RETURN_IF_ERROR(CheckAlias(alias));
  return stores_.models.SetAlias(workspace, name, alias, version, By(actor));
}

absl::Status Registry::DeleteAlias(const base::WorkspaceId& workspace, const std::string& name, const std::string& alias,
                                   const std::string& actor) {
  return stores_.models.DeleteAlias(workspace, name, alias, By(actor));
}

absl::Status Registry::PinFiles(const base::WorkspaceId& workspace, NewVersion& version) {
  if (!version.files.empty()) {
    std::vector<std::string> sha256s;
    for (const BundleFile& file : version.files) sha256s.push_back(file.sha256);
    return tracker_.Pin(workspace, version.pin_owner, sha256s);
  }
  const std::string& location = version.storage_uri.empty() ? version.source : version.storage_uri;
  if (!IsInStore(location)) return absl::OkStatus();
  absl::StatusOr<std::vector<BundleFile>> files = tracker_.PinFilesAt(workspace, version.pin_owner, location);
  // A client may register before its files are there, or what was never in this store.
  if (absl::IsNotFound(files.status()) || absl::IsInvalidArgument(files.status())) return absl::OkStatus();
  RETURN_IF_ERROR(files.status());
  version.files = *std::move(files);
  return absl::OkStatus();
}

absl::StatusOr<ModelVersion> Registry::CreateVersion(const base::WorkspaceId& workspace, const std::string& name,
                                                     NewVersion version, const std::string& actor) {
  RETURN_IF_ERROR(CheckNewVersion(version));
  RETURN_IF_ERROR(stores_.models.GetModel(workspace, name).status());  // before anything is pinned for it
  version.pin_owner = absl::StrCat("model-version/", base::RandomHex(16));
  RETURN_IF_ERROR(PinFiles(workspace, version));
  const Stamp stamp = By(actor);
  absl::StatusOr<ModelVersion> made = stores_.versions.CreateVersion(workspace, name, version, stamp);
  // Not made, or made before by the same request: nobody needs these pins. (With the database lost it may have been made; pins
  // that nobody needs only take room.)
  const bool is_unneeded = made.ok() ? made->pin_owner != version.pin_owner : !absl::IsUnavailable(made.status());
  if (is_unneeded) (void)tracker_.Unpin(workspace, version.pin_owner);
  return made;
}

absl::StatusOr<ModelVersion> Registry::UpdateVersion(const base::WorkspaceId& workspace, const std::string& name, int version,
                                                     const VersionEdit& edit, const std::string& actor) {
  if (edit.description) RETURN_IF_ERROR(CheckText("description", *edit.description, kMaxText));
  if (edit.card_text) RETURN_IF_ERROR(CheckText("card_text", *edit.card_text, kMaxCard));
  return stores_.versions.UpdateVersion(workspace, name, version, edit, By(actor));
}

absl::Status Registry::DeleteVersion(const base::WorkspaceId& workspace, const std::string& name, int version,
                                     bool may_be_in_production, const std::string& actor) {
  return stores_.releases.DeleteVersion(workspace, name, version, may_be_in_production, By(actor));
}

absl::Status Registry::SetVersionTag(const base::WorkspaceId& workspace, const std::string& name, int version,
                                     const std::string& key, const std::string& value, const std::string& actor) {
  RETURN_IF_ERROR(CheckTag(key, value));
  return stores_.versions.SetVersionTag(workspace, name, version, key, value, By(actor));
}

absl::Status Registry::DeleteVersionTag(const base::WorkspaceId& workspace, const std::string& name, int version,
                                        const std::string& key, const std::string& actor) {
  return stores_.versions.DeleteVersionTag(workspace, name, version, key, By(actor));
}

absl::StatusOr<Evaluation> Registry::RecordEvaluation(const base::WorkspaceId& workspace, const Evaluation& evaluation,
                                                      const std::string& actor) {
  RETURN_IF_ERROR(CheckEvaluation(evaluation));
  return stores_.versions.RecordEvaluation(workspace, evaluation, By(actor));
}

absl::StatusOr<std::vector<Evaluation>> Registry::ListEvaluations(const base::WorkspaceId& workspace, const std::string& name,
                                                                  int version) {
  return stores_.versions.ListEvaluations(workspace, name, version, kMaxEvaluations);
}

absl::StatusOr<Gate> Registry::SetGate(const base::WorkspaceId& workspace, const std::string& name, const Gate& gate,
                                       bool with_people, Rank rank, const std::string& actor) {
  RETURN_IF_ERROR(CheckGateRules(gate));
  return stores_.gates.SetGate(workspace, name, gate, with_people, rank, By(actor));
}

absl::StatusOr<Approval> Registry::RecordApproval(const base::WorkspaceId& workspace, Approval approval) {
  RETURN_IF_ERROR(CheckApproval(approval));
  approval.at = clock_.Now();
  return stores_.gates.RecordApproval(workspace, approval);
}

absl::StatusOr<Check> Registry::RecordCheck(const base::WorkspaceId& workspace, Check check) {
  RETURN_IF_ERROR(CheckCheck(check));
  check.at = clock_.Now();
  return stores_.gates.RecordCheck(workspace, check);
}

absl::StatusOr<Promotion> Registry::Promote(const base::WorkspaceId& workspace, PromotionOrder order) {
  RETURN_IF_ERROR(CheckText("reason", order.reason, kMaxText));
  RETURN_IF_ERROR(CheckText("request_id", order.request_id, kMaxRequestId));
  if (order.archive_existing_versions.value_or(false) && order.stage != Stage::kStaging && order.stage != Stage::kProduction) {
    return absl::InvalidArgumentError(
        absl::StrCat("archive_existing_versions: only for Staging and Production, not for ", Name(order.stage)));
  }
  order.at = Now();
  ASSIGN_OR_RETURN(Promotion promotion, stores_.releases.Promote(workspace, order));
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
  order.at = Now();
  return stores_.releases.RollBack(workspace, order);
}

}  // namespace millwright::registry
