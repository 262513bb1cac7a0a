#include "model-registry/rpc/convert.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/convert.h"

namespace millwright::registry {
namespace {

void AddFiles(const std::vector<BundleFile>& files, google::protobuf::RepeatedPtrField<pb::BundleFile>* out) {
  for (const BundleFile& file : files) {
    pb::BundleFile* added = out->Add();
    added->set_path(file.path);
    added->set_sha256(file.sha256);
    added->set_size(file.size);
  }
}

pb::ArmRole RoleToProto(const std::string& role) {
  return role == "canary" ? pb::ARM_ROLE_CANARY : role == "shadow" ? pb::ARM_ROLE_SHADOW : pb::ARM_ROLE_PRIMARY;
}

pb::GateRule RuleToProto(const GateRule& rule) {
  pb::GateRule out;
  out.set_metric(rule.metric);
  out.set_direction(rule.direction == Direction::kMinimize ? pb::DIRECTION_MINIMIZE : pb::DIRECTION_MAXIMIZE);
  if (rule.bound) out.set_bound(*rule.bound);
  out.set_no_worse_than_production(rule.no_worse_than_production);
  out.set_within_interval(rule.within_interval);
  return out;
}

api::v1::Role RoleOf(Rank rank) {
  switch (rank) {
    case Rank::kViewer:
      return api::v1::ROLE_VIEWER;
    case Rank::kEngineer:
      return api::v1::ROLE_ENGINEER;
    case Rank::kAdmin:
      return api::v1::ROLE_ADMIN;
  }
  return api::v1::ROLE_UNSPECIFIED;
}

pb::PromotionKind KindToProto(PromotionKind kind) {
  switch (kind) {
    case PromotionKind::kPromoted:
      return pb::PROMOTION_KIND_PROMOTED;
    case PromotionKind::kRefused:
      return pb::PROMOTION_KIND_REFUSED;
    case PromotionKind::kRolledBack:
      return pb::PROMOTION_KIND_ROLLED_BACK;
    case PromotionKind::kDeleted:
      return pb::PROMOTION_KIND_DELETED;
  }
  return pb::PROMOTION_KIND_UNSPECIFIED;
}

absl::Status BadToken(const std::string& token) {
  return absl::InvalidArgumentError(
      absl::StrCat("page_token: \"", token.substr(0, 100), "\" is not one that this list gave out"));
}

}  // namespace

absl::StatusOr<Stage> FromProto(pb::Stage stage) {
  switch (stage) {
    case pb::STAGE_NONE:
      return Stage::kNone;
    case pb::STAGE_STAGING:
      return Stage::kStaging;
    case pb::STAGE_PRODUCTION:
      return Stage::kProduction;
    case pb::STAGE_ARCHIVED:
      return Stage::kArchived;
    default:
      return absl::InvalidArgumentError(
          "stage: missing or unknown; use STAGE_NONE, STAGE_STAGING, STAGE_PRODUCTION or STAGE_ARCHIVED");
  }
}

absl::StatusOr<NewVersion> FromProto(const pb::CreateModelVersionRequest& request) {
  NewVersion version{.run_id = request.run_id(),
                     .content_hash = request.content_hash(),
                     .files = {},
                     .description = request.description(),
                     .request_id = request.request_id(),
                     .source = request.source(),
                     .run_link = request.run_link(),
                     .logged_model_id = request.logged_model_id(),
                     .tags = Tags(request.tags().begin(), request.tags().end())};
  for (const pb::BundleFile& file : request.files()) version.files.push_back({file.path(), file.sha256(), file.size()});
  ASSIGN_OR_RETURN(version.lineage, rpc::ToJson(request.lineage(), "lineage"));
  return version;
}

absl::StatusOr<Evaluation> FromProto(const pb::RecordEvaluationRequest& request) {
  ASSIGN_OR_RETURN(const int version, VersionOf(request.version()));
  Evaluation evaluation{.name = request.name(),
                        .version = version,
                        .dataset_version_id = request.dataset_version_id(),
                        .metrics = {},
                        .run_id = request.run_id()};
  for (const auto& [metric, value] : request.metrics()) evaluation.metrics[metric] = value;
  return evaluation;
}

absl::StatusOr<Gate> FromProto(const pb::SetGateRequest& request) {
  Gate gate;
  ASSIGN_OR_RETURN(gate.stage, FromProto(request.stage()));
  for (const pb::GateRule& rule : request.rules()) {
    if (rule.direction() != pb::DIRECTION_MINIMIZE && rule.direction() != pb::DIRECTION_MAXIMIZE) {
      return absl::InvalidArgumentError(
          absl::StrCat("rules.direction: missing for ", rule.metric(), "; use DIRECTION_MINIMIZE or DIRECTION_MAXIMIZE"));
    }
    GateRule read{.metric = rule.metric(),
                  .direction = rule.direction() == pb::DIRECTION_MINIMIZE ? Direction::kMinimize : Direction::kMaximize,
                  .no_worse_than_production = rule.no_worse_than_production(),
                  .within_interval = rule.within_interval()};
    if (rule.has_bound()) read.bound = rule.bound();
    gate.rules.push_back(std::move(read));
  }
  gate.approvals.count = request.approvals().count();
  gate.approvals.not_author = request.approvals().not_author();
  switch (request.approvals().least_role()) {
    case api::v1::ROLE_UNSPECIFIED:
    case api::v1::ROLE_ENGINEER:
      break;
    case api::v1::ROLE_ADMIN:
      gate.approvals.least_rank = Rank::kAdmin;
      break;
    default:
      return absl::InvalidArgumentError("approvals.least_role: use ROLE_ENGINEER or ROLE_ADMIN");
  }
  gate.checks.assign(request.checks().begin(), request.checks().end());
  return gate;
}

pb::Stage ToProto(Stage stage) {
  switch (stage) {
    case Stage::kNone:
      return pb::STAGE_NONE;
    case Stage::kStaging:
      return pb::STAGE_STAGING;
    case Stage::kProduction:
      return pb::STAGE_PRODUCTION;
    case Stage::kArchived:
      return pb::STAGE_ARCHIVED;
  }
  return pb::STAGE_UNSPECIFIED;
}

pb::RegisteredModel ToProto(const RegisteredModel& model) {
  pb::RegisteredModel out;
  out.set_name(model.name);
  out.set_description(model.description);
  *out.mutable_created_at() = rpc::ToProto(model.created_at);
  out.set_latest_version(model.latest_version);
  out.set_production_version(model.production_version);
  out.set_staging_version(model.staging_version);
  out.mutable_tags()->insert(model.tags.begin(), model.tags.end());
  out.mutable_aliases()->insert(model.aliases.begin(), model.aliases.end());
  *out.mutable_updated_at() = rpc::ToProto(model.updated_at);
  return out;
}

pb::ModelVersion ToProto(const ModelVersion& version) {
  pb::ModelVersion out;
  out.set_name(version.name);
  out.set_version(version.version);
  out.set_stage(ToProto(version.stage));
  out.set_run_id(version.run_id);
  out.set_content_hash(version.content_hash);
  AddFiles(version.files, out.mutable_files());
  *out.mutable_lineage() = rpc::ToStruct(version.lineage);
  out.set_description(version.description.value_or(""));
  out.set_created_by(version.created_by);
  *out.mutable_created_at() = rpc::ToProto(version.created_at);
  out.set_source(version.source);
  out.set_run_link(version.run_link);
  out.set_logged_model_id(version.logged_model_id);
  out.mutable_tags()->insert(version.tags.begin(), version.tags.end());
  for (const std::string& alias : version.aliases) out.add_aliases(alias);
  *out.mutable_updated_at() = rpc::ToProto(version.updated_at);
  out.set_card_text(version.card_text);
  return out;
}

pb::Evaluation ToProto(const Evaluation& evaluation) {
  pb::Evaluation out;
  out.set_name(evaluation.name);
  out.set_version(evaluation.version);
  out.set_dataset_version_id(evaluation.dataset_version_id);
  for (const auto& [metric, value] : evaluation.metrics) (*out.mutable_metrics())[metric] = value;
  out.set_run_id(evaluation.run_id);
  *out.mutable_at() = rpc::ToProto(evaluation.at);
  return out;
}

pb::Gate ToProto(const std::string& name, const Gate& gate) {
  pb::Gate out;
  out.set_name(name);
  out.set_stage(ToProto(gate.stage));
  for (const GateRule& rule : gate.rules) *out.add_rules() = RuleToProto(rule);
  out.mutable_approvals()->set_count(gate.approvals.count);
  out.mutable_approvals()->set_least_role(RoleOf(gate.approvals.least_rank));
  out.mutable_approvals()->set_not_author(gate.approvals.not_author);
  for (const std::string& check : gate.checks) out.add_checks(check);
  return out;
}

pb::Approval ToProto(const Approval& approval) {
  pb::Approval out;
  out.set_approval_id(absl::StrCat(approval.id));
  out.set_name(approval.name);
  out.set_version(approval.version);
  out.set_stage(ToProto(approval.stage));
  out.set_is_approved(approval.is_approved);
  out.set_actor(approval.actor);
  out.set_role(RoleOf(approval.rank));
  out.set_reason(approval.reason);
  *out.mutable_at() = rpc::ToProto(approval.at);
  return out;
}

pb::Check ToProto(const Check& check) {
  pb::Check out;
  out.set_check_id(absl::StrCat(check.id));
  out.set_name(check.model);
  out.set_version(check.version);
  out.set_check(check.name);
  out.set_is_passed(check.is_passed);
  out.set_details(check.details);
  out.set_link(check.link);
  out.set_actor(check.actor);
  *out.mutable_at() = rpc::ToProto(check.at);
  return out;
}

pb::GateDecision ToProto(const GateDecision& decision) {
  pb::GateDecision out;
  out.set_passed(decision.passed);
  for (const GateFinding& finding : decision.findings) {
    pb::GateFinding* added = out.add_findings();
    added->set_passed(finding.passed);
    added->set_message(finding.message);
    if (finding.kind == FindingKind::kApprovals) {
      added->set_kind(pb::FINDING_KIND_APPROVALS);
      added->set_required(finding.required);
      for (const std::string& person : finding.approved_by) added->add_approved_by(person);
      continue;
    }
    if (finding.kind == FindingKind::kCheck) {
      added->set_kind(pb::FINDING_KIND_CHECK);
      added->set_check(finding.check);
      continue;
    }
    added->set_kind(pb::FINDING_KIND_METRIC);
    *added->mutable_rule() = RuleToProto(finding.rule);
    if (finding.value) added->set_value(*finding.value);
    if (finding.production_value) added->set_production_value(*finding.production_value);
    added->set_production_version(finding.production_version);
    added->set_dataset_version_id(finding.dataset_version_id);
  }
  return out;
}

pb::Promotion ToProto(const Promotion& promotion) {
  pb::Promotion out;
  if (promotion.id != 0) out.set_promotion_id(absl::StrCat(promotion.id));
  out.set_name(promotion.name);
  out.set_kind(KindToProto(promotion.kind));
  out.set_version(promotion.version);
  out.set_from_stage(ToProto(promotion.from_stage));
  out.set_to_stage(ToProto(promotion.to_stage));
  out.set_replaced_version(promotion.replaced_version);
  out.set_actor(promotion.actor);
  out.set_reason(promotion.reason);
  *out.mutable_decision() = ToProto(promotion.decision);
  *out.mutable_evidence() = rpc::ToStruct(promotion.evidence);
  if (promotion.id != 0) *out.mutable_at() = rpc::ToProto(promotion.at);
  out.set_revision(promotion.revision);
  out.set_primary_version(promotion.primary_version);
  return out;
}

pb::Deployment ToProto(const Deployment& deployment) {
  pb::Deployment out;
  out.set_name(deployment.name);
  out.set_workspace_id(deployment.workspace);
  out.set_revision(deployment.revision);
  for (const Arm& arm : deployment.arms) {
    pb::Arm* added = out.add_arms();
    added->set_version(arm.version);
    added->set_weight(arm.weight);
    added->set_role(RoleToProto(arm.role));
    added->set_content_hash(arm.content_hash);
    AddFiles(arm.files, added->mutable_files());
  }
  *out.mutable_updated_at() = rpc::ToProto(deployment.updated_at);
  return out;
}

absl::StatusOr<base::WorkspaceId> WorkspaceOf(const auth::Caller& caller) {
  if (caller.workspace.empty())
    return absl::InvalidArgumentError("this call acts in one workspace, and the calling service named none");
  return caller.workspace;
}

absl::StatusOr<Rank> RankOf(const auth::Caller& caller) {
  switch (caller.is_service ? auth::Role::kNone : caller.role) {
    case auth::Role::kViewer:
      return Rank::kViewer;
    case auth::Role::kEngineer:
      return Rank::kEngineer;
    case auth::Role::kAdmin:
      return Rank::kAdmin;
    default:
      return absl::PermissionDeniedError(absl::StrCat(caller.subject, " is a program; this is for people to say"));
  }
}

absl::StatusOr<int> VersionOf(std::int32_t version) {
  if (version <= 0)
    return absl::InvalidArgumentError(absl::StrCat("version: ", version, " is not a version number; they start at 1"));
  return version;
}

absl::StatusOr<std::string> TextAfter(const std::string& page_token) {
  if (page_token.empty()) return std::string();
  ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(page_token));
  if (!keys.is_array() || keys.size() != 1 || !keys[0].is_string()) return BadToken(page_token);
  return keys[0].get<std::string>();
}

absl::StatusOr<std::int64_t> NumberBefore(const std::string& page_token, std::int64_t start) {
  if (page_token.empty()) return start;
  ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(page_token));
  if (!keys.is_array() || keys.size() != 1 || !keys[0].is_number_integer()) return BadToken(page_token);
  return keys[0].get<std::int64_t>();
}

}  // namespace millwright::registry
