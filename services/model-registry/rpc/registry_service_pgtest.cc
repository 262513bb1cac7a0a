#include <gmock/gmock.h>

#include "lib/rpc/client.h"
#include "lib/rpc/convert.h"
#include "lib/rpc/test_server.h"
#include "model-registry/rpc/registry_service.h"
#include "model-registry/rpc/test_tracker.h"
#include "model-registry/storage/pg_lineage_store.h"
#include "model-registry/storage/pg_search_store.h"
#include "model-registry/storage/registry_database_test.h"

namespace millwright::registry {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;

class RegistryServiceTest : public RegistryDatabaseTest {
 protected:
  using Stub = pb::RegistryService::Stub;
  std::unique_ptr<Stub> As(auth::Role role, const std::string& workspace = "1") {
    return pb::RegistryService::NewStub(server_.ChannelAs(rpc::TestCaller(role, workspace)));
  }
  std::unique_ptr<Stub> AsService(const std::string& workspace = "") {
    return pb::RegistryService::NewStub(
        server_.ChannelAs({.subject = "service:monitor", .workspace = base::WorkspaceId(workspace), .is_service = true}));
  }
  template <typename Request, typename Reply>
  static grpc::Status Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                           const Request& request, Reply* reply) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(20));
    return (stub.*method)(&context, request, reply);
  }
  grpc::Status CreateModel(Stub& stub, const std::string& name) {
    pb::CreateRegisteredModelRequest request;
    request.set_name(name);
    pb::RegisteredModel reply;
    return Call(stub, &Stub::CreateRegisteredModel, request, &reply);
  }
  grpc::Status CreateVersion(Stub& stub, pb::ModelVersion* reply) {
    pb::CreateModelVersionRequest request;
    request.set_name("pump");
    request.set_run_id("run");
    request.set_content_hash("hash");
    pb::BundleFile* file = request.add_files();
    file->set_path("model.ubj");
    file->set_sha256(std::string(64, 'b'));
    (*request.mutable_lineage()->mutable_fields())["seed"].set_number_value(7);
    return Call(stub, &Stub::CreateModelVersion, request, reply);
  }
  grpc::Status PromoteTo(Stub& stub, int version, pb::Promotion* reply, pb::Stage stage = pb::STAGE_PRODUCTION) {
    pb::PromoteModelVersionRequest request;
    request.set_name("pump");
    request.set_version(version);
    request.set_stage(stage);
    return Call(stub, &Stub::PromoteModelVersion, request, reply);
  }
  void MakeVersions(int count) {
    ASSERT_TRUE(CreateModel(*engineer_, "pump").ok());
    pb::ModelVersion version;
    for (int i = 0; i < count; ++i) ASSERT_TRUE(CreateVersion(*engineer_, &version).ok());
  }

  TestTracker tracker_;
  Registry registry_{{models_, versions_, gates_, releases_}, tracker_, base::SystemClock()};
  PgSearchStore search_{db()};
  PgLineageStore lineage_{db()};
  Insight insight_{lineage_, versions_, tracker_};
  RegistryService service_{registry_, search_, insight_};
  rpc::TestServer server_{{&service_}};
  std::unique_ptr<Stub> engineer_ = As(auth::Role::kEngineer);
};

TEST_F(RegistryServiceTest, AVersionReadsBackWithItsLineage) {
  MakeVersions(1);
  pb::GetModelVersionRequest request;
  request.set_name("pump");
  request.set_version(1);
  pb::ModelVersion version;
  ASSERT_TRUE(Call(*As(auth::Role::kViewer), &Stub::GetModelVersion, request, &version).ok());
  EXPECT_EQ(version.stage(), pb::STAGE_NONE);
  EXPECT_EQ(version.lineage().fields().at("seed").number_value(), 7);
  EXPECT_EQ(version.created_by(), rpc::TestCaller().subject);
}

TEST_F(RegistryServiceTest, BadFormIsInvalidArgumentThatNamesTheField) {
  EXPECT_EQ(CreateModel(*engineer_, "a/b").error_code(), StatusCode::INVALID_ARGUMENT);
  MakeVersions(1);
  pb::Promotion promotion;
  const grpc::Status no_version = PromoteTo(*engineer_, 0, &promotion);
  EXPECT_EQ(no_version.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(no_version.error_message(), HasSubstr("version"));
  EXPECT_THAT(PromoteTo(*engineer_, 1, &promotion, pb::STAGE_UNSPECIFIED).error_message(), HasSubstr("stage"));
  pb::ListPromotionsRequest list;
  list.set_name("pump");
  list.set_page_token("bogus");
  pb::ListPromotionsResponse page;
  EXPECT_EQ(Call(*engineer_, &Stub::ListPromotions, list, &page).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(RegistryServiceTest, ARefusedPromotionAnswersWithTheNumbersAndIsInTheHistory) {
  MakeVersions(1);
  pb::SetGateRequest gate;
  gate.set_name("pump");
  gate.set_stage(pb::STAGE_PRODUCTION);
  gate.add_rules()->set_metric("rmse");
  gate.mutable_rules(0)->set_direction(pb::DIRECTION_MINIMIZE);
  gate.mutable_rules(0)->set_bound(14.5);
  pb::Gate set;
  ASSERT_TRUE(Call(*As(auth::Role::kWorker), &Stub::SetGate, gate, &set).ok());
  pb::RecordEvaluationRequest evaluation;
  evaluation.set_name("pump");
  evaluation.set_version(1);
  evaluation.set_dataset_version_id("d1");
  (*evaluation.mutable_metrics())["rmse"] = 20.25;
  pb::Evaluation recorded;
  ASSERT_TRUE(Call(*As(auth::Role::kWorker), &Stub::RecordEvaluation, evaluation, &recorded).ok());

  pb::Promotion promotion;
  const grpc::Status refused = PromoteTo(*As(auth::Role::kWorker), 1, &promotion);
  EXPECT_EQ(refused.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(refused.error_message(), HasSubstr("rmse of version 1 is 20.25 on dataset version d1; at most 14.5 is required"));
  pb::ListPromotionsRequest list;
  list.set_name("pump");
  pb::ListPromotionsResponse history;
  ASSERT_TRUE(Call(*engineer_, &Stub::ListPromotions, list, &history).ok());
  ASSERT_EQ(history.promotions_size(), 1);
  EXPECT_EQ(history.promotions(0).kind(), pb::PROMOTION_KIND_REFUSED);
  EXPECT_EQ(history.promotions(0).decision().findings(0).value(), 20.25);
}

TEST_F(RegistryServiceTest, AServiceRollsBackInTheWorkspaceThatItNames) {
  MakeVersions(2);
  pb::Promotion promotion;
  ASSERT_TRUE(PromoteTo(*engineer_, 1, &promotion).ok());
  ASSERT_TRUE(PromoteTo(*engineer_, 2, &promotion).ok());
  pb::RollbackModelRequest request;
  request.set_name("pump");
  request.set_expected_version(2);
  request.set_reason("3 of 3 answers were bad");
  (*request.mutable_evidence()->mutable_fields())["failed"].set_number_value(3);
  EXPECT_EQ(Call(*AsService(), &Stub::RollbackModel, request, &promotion).error_code(), StatusCode::INVALID_ARGUMENT);
  request.set_workspace_id("2");
  EXPECT_EQ(Call(*AsService(), &Stub::RollbackModel, request, &promotion).error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(Call(*engineer_, &Stub::RollbackModel, request, &promotion).error_code(), StatusCode::INVALID_ARGUMENT);
  request.set_workspace_id("1");
  ASSERT_TRUE(Call(*AsService(), &Stub::RollbackModel, request, &promotion).ok());
  EXPECT_EQ(promotion.version(), 1);
  EXPECT_EQ(promotion.actor(), "service:monitor");
  EXPECT_EQ(promotion.evidence().fields().at("failed").number_value(), 3);
}

TEST_F(RegistryServiceTest, RolesBoundWhatACallerMayDo) {
  MakeVersions(1);
  pb::Promotion promotion;
  EXPECT_EQ(PromoteTo(*As(auth::Role::kViewer), 1, &promotion).error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(CreateModel(*As(auth::Role::kViewer), "x").error_code(), StatusCode::PERMISSION_DENIED);
  pb::RollbackModelRequest rollback;
  rollback.set_name("pump");
  EXPECT_EQ(Call(*As(auth::Role::kWorker), &Stub::RollbackModel, rollback, &promotion).error_code(),
            StatusCode::PERMISSION_DENIED);
  const auto anonymous = pb::RegistryService::NewStub(server_.AnonymousChannel());
  EXPECT_EQ(CreateModel(*anonymous, "x").error_code(), StatusCode::UNAUTHENTICATED);
}

TEST_F(RegistryServiceTest, AnotherWorkspaceGetsNotFoundAndEmptyLists) {
  MakeVersions(1);
  const auto stranger = As(auth::Role::kAdmin, "2");
  pb::GetRegisteredModelRequest get;
  get.set_name("pump");
  pb::RegisteredModel model;
  EXPECT_EQ(Call(*stranger, &Stub::GetRegisteredModel, get, &model).error_code(), StatusCode::NOT_FOUND);
  pb::Promotion promotion;
  EXPECT_EQ(PromoteTo(*stranger, 1, &promotion).error_code(), StatusCode::NOT_FOUND);
  pb::ListRegisteredModelsResponse models;
  ASSERT_TRUE(Call(*stranger, &Stub::ListRegisteredModels, pb::ListRegisteredModelsRequest(), &models).ok());
  EXPECT_EQ(models.models_size(), 0);
}

TEST_F(RegistryServiceTest, AVersionOfBlobsThatTheWorkspaceDoesNotHoldIsNotMade) {
  ASSERT_TRUE(CreateModel(*engineer_, "pump").ok());
  tracker_.absent.insert(std::string(64, 'b'));
  pb::ModelVersion version;
  EXPECT_EQ(CreateVersion(*engineer_, &version).error_code(), StatusCode::NOT_FOUND);
  tracker_.absent.clear();
  ASSERT_TRUE(CreateVersion(*engineer_, &version).ok());
  EXPECT_EQ(version.version(), 1);
  EXPECT_EQ(tracker_.pins.size(), 1u);
}

TEST_F(RegistryServiceTest, ASourceInTheStoreBringsItsFiles) {
  ASSERT_TRUE(CreateModel(*engineer_, "pump").ok());
  tracker_.files["runs:/abc/model"] = {{.path = "MLmodel", .sha256 = std::string(64, 'b'), .size = 3}};
  pb::CreateModelVersionRequest request;
  request.set_name("pump");
  request.set_source("runs:/abc/model");
  pb::ModelVersion version;
  ASSERT_TRUE(Call(*engineer_, &Stub::CreateModelVersion, request, &version).ok());
  ASSERT_EQ(version.files_size(), 1);
  EXPECT_EQ(version.files(0).path(), "MLmodel");
  request.clear_source();
  EXPECT_THAT(Call(*engineer_, &Stub::CreateModelVersion, request, &version).error_message(), HasSubstr("content_hash"));
}

TEST_F(RegistryServiceTest, LineageLeadsBothWays) {
  ASSERT_TRUE(CreateModel(*engineer_, "pump").ok());
  pb::CreateModelVersionRequest request;
  request.set_name("pump");
  request.set_run_id("r1");
  request.set_content_hash("h");
  *request.add_files() = [] {
    pb::BundleFile file;
    file.set_path("model.ubj");
    file.set_sha256(std::string(64, 'a'));
    return file;
  }();
  (*request.mutable_lineage()->mutable_fields())["dataset_version_id"].set_string_value("d1");
  pb::ModelVersion version;
  ASSERT_TRUE(Call(*engineer_, &Stub::CreateModelVersion, request, &version).ok());
  pb::Promotion promotion;
  ASSERT_TRUE(PromoteTo(*engineer_, 1, &promotion).ok());
  std::vector<pb::GetLineageRequest> points(4);
  points[0].set_dataset_version_id("d1");
  points[1].set_run_id("r1");
  points[2].set_name("pump");
  points[2].set_version(1);
  points[3].set_deployment("pump");
  for (const pb::GetLineageRequest& point : points) {
    pb::Lineage lineage;
    ASSERT_TRUE(Call(*engineer_, &Stub::GetLineage, point, &lineage).ok()) << point.ShortDebugString();
    ASSERT_EQ(lineage.chains_size(), 1);
    EXPECT_EQ(lineage.chains(0).dataset_version_id(), "d1");
    EXPECT_EQ(lineage.chains(0).run_id(), "r1");
    EXPECT_EQ(lineage.chains(0).version(), 1);
    EXPECT_EQ(lineage.chains(0).deployment(), "pump");
    EXPECT_EQ(lineage.chains(0).revision(), promotion.revision());
    lineage.Clear();
    EXPECT_FALSE(Call(*As(auth::Role::kAdmin, "2"), &Stub::GetLineage, point, &lineage).ok() && lineage.chains_size() > 0);
  }
  tracker_.runs["r2"].tags["millwright.dataset_version_id"] = "d2";
  pb::GetLineageRequest alone;
  alone.set_run_id("r2");
  pb::Lineage lineage;
  ASSERT_TRUE(Call(*engineer_, &Stub::GetLineage, alone, &lineage).ok());
  EXPECT_EQ(lineage.chains(0).dataset_version_id(), "d2");
  EXPECT_EQ(lineage.chains(0).version(), 0);
  alone.set_dataset_version_id("d1");
  EXPECT_EQ(Call(*engineer_, &Stub::GetLineage, alone, &lineage).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(RegistryServiceTest, TwoVersionsAreComparedFromTheTrackersFactsAndTheirBundles) {
  ASSERT_TRUE(CreateModel(*engineer_, "pump").ok());
  const auto add = [&](const std::string& run, const std::string& digest, const std::string& bundle) {
    pb::CreateModelVersionRequest request;
    request.set_name("pump");
    request.set_run_id(run);
    request.set_content_hash("hash of " + run);
    pb::BundleFile* file = request.add_files();
    file->set_path("millwright.json");
    file->set_sha256(digest);
    (*request.mutable_lineage()->mutable_fields())["dataset_version_id"].set_string_value("data of " + run);
    tracker_.blobs[digest] = bundle;
    pb::ModelVersion version;
    ASSERT_TRUE(Call(*engineer_, &Stub::CreateModelVersion, request, &version).ok());
  };
  add("r1", std::string(64, 'a'),
      R"({"pipeline": {"window": 60, "steps": ["scale"]}, "reference_statistics": {"temperature": {"mean": 300}}})");
  add("r2", std::string(64, 'b'),
      R"({"pipeline": {"window": 30, "steps": ["scale"]}, "reference_statistics": {"temperature": {"mean": 301}}})");
  tracker_.runs["r1"] = {.params = {{"depth", "3"}, {"seed", "1"}}, .metrics = {{"auc", 0.8}}};
  pb::CompareModelVersionsRequest request;
  request.set_name("pump");
  request.set_version(1);
  request.set_other_version(2);
  pb::ModelComparison comparison;
  ASSERT_TRUE(Call(*As(auth::Role::kViewer), &Stub::CompareModelVersions, request, &comparison).ok());
  EXPECT_THAT(comparison.notes(0), HasSubstr("run r2 is not in the tracker"));
  tracker_.runs["r2"] = {.params = {{"depth", "5"}, {"seed", "1"}}, .metrics = {{"auc", 0.9}}};
  ASSERT_TRUE(Call(*engineer_, &Stub::CompareModelVersions, request, &comparison).ok());
  EXPECT_EQ(comparison.notes_size(), 0);
  std::vector<std::string> found;
  for (const pb::Difference& difference : comparison.differences())
    found.push_back(difference.section() + " " + difference.key() + ": " + difference.left() + " | " + difference.right());
  EXPECT_THAT(found, testing::ElementsAre("params depth: \"3\" | \"5\"", "metrics auc: 0.8 | 0.9",
                                          "data dataset_version_id: \"data of r1\" | \"data of r2\"", "features window: 60 | 30",
                                          "reference_statistics temperature.mean: 300 | 301"));
  pb::GetModelCardRequest ask;
  ask.set_name("pump");
  ask.set_version(2);
  pb::ModelCard card;
  ASSERT_TRUE(Call(*engineer_, &Stub::GetModelCard, ask, &card).ok());
  EXPECT_THAT(card.markdown(), HasSubstr("| depth | 5 |"));
  EXPECT_THAT(card.markdown(), HasSubstr("| dataset_version_id | data of r2 |"));
}

TEST_F(RegistryServiceTest, ProgramsCannotApprove) {
  MakeVersions(1);
  pb::ApproveModelVersionRequest request;
  request.set_name("pump");
  request.set_version(1);
  request.set_stage(pb::STAGE_PRODUCTION);
  pb::Approval approval;
  EXPECT_EQ(Call(*AsService("1"), &Stub::ApproveModelVersion, request, &approval).error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Call(*As(auth::Role::kWorker), &Stub::ApproveModelVersion, request, &approval).error_code(),
            StatusCode::PERMISSION_DENIED);
  ASSERT_TRUE(Call(*engineer_, &Stub::ApproveModelVersion, request, &approval).ok());
  EXPECT_EQ(approval.role(), api::v1::ROLE_ENGINEER);
  pb::RejectModelVersionRequest reject;
  reject.set_name("pump");
  reject.set_version(1);
  reject.set_stage(pb::STAGE_PRODUCTION);
  EXPECT_THAT(Call(*engineer_, &Stub::RejectModelVersion, reject, &approval).error_message(), HasSubstr("reason"));
}

TEST_F(RegistryServiceTest, ListsPageToTheEnd) {
  MakeVersions(5);
  pb::ListModelVersionsRequest request;
  request.set_name("pump");
  request.set_page_size(2);
  std::vector<int> seen;
  do {
    pb::ListModelVersionsResponse page;
    ASSERT_TRUE(Call(*engineer_, &Stub::ListModelVersions, request, &page).ok());
    for (const pb::ModelVersion& version : page.model_versions()) seen.push_back(version.version());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(seen, testing::ElementsAre(5, 4, 3, 2, 1));
}

}  // namespace
}  // namespace millwright::registry
