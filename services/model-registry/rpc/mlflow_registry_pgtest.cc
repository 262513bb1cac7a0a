#include <gmock/gmock.h>

#include "lib/rpc/client.h"
#include "lib/rpc/status.h"
#include "lib/rpc/test_server.h"
#include "model-registry/rpc/mlflow_registry_service.h"
#include "model-registry/rpc/test_tracker.h"
#include "model-registry/storage/pg_search_store.h"
#include "model-registry/storage/registry_database_test.h"

namespace millwright::registry {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;

class MlflowRegistryTest : public RegistryDatabaseTest {
 protected:
  using Stub = mlflow_pb::MlflowRegistryService::Stub;

  template <typename Request, typename Reply>
  grpc::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*), const Request& request,
                    Reply* reply) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(20));
    const grpc::Status status = (stub_.get()->*method)(&context, request, reply);
    const auto& trailing = context.GetServerTrailingMetadata();
    const auto code = trailing.find(rpc::kErrorCodeKey);
    error_code_ = code == trailing.end() ? "" : std::string(code->second.data(), code->second.size());
    return status;
  }
  grpc::Status Create(const std::string& name) {
    mlflow_pb::CreateRegisteredModelRequest request;
    request.set_name(name);
    mlflow_pb::CreateRegisteredModelResponse reply;
    return Call(&Stub::CreateRegisteredModel, request, &reply);
  }
  grpc::Status CreateVersionFrom(const std::string& source, const std::string& run_id = "", const std::string& model_id = "") {
    mlflow_pb::CreateModelVersionRequest request;
    request.set_name("iris");
    request.set_source(source);
    if (!run_id.empty()) request.set_run_id(run_id);
    if (!model_id.empty()) request.set_model_id(model_id);
    mlflow_pb::CreateModelVersionResponse reply;
    const grpc::Status status = Call(&Stub::CreateModelVersion, request, &reply);
    version_ = reply.model_version();
    return status;
  }
  std::string DownloadUri(const std::string& version) {
    mlflow_pb::GetModelVersionDownloadUriRequest request;
    request.set_name("iris");
    request.set_version(version);
    mlflow_pb::GetModelVersionDownloadUriResponse reply;
    EXPECT_TRUE(Call(&Stub::GetModelVersionDownloadUri, request, &reply).ok());
    return reply.artifact_uri();
  }
  grpc::Status Transition(const std::string& version, const std::string& stage, bool archive = false) {
    mlflow_pb::TransitionModelVersionStageRequest request;
    request.set_name("iris");
    request.set_version(version);
    request.set_stage(stage);
    request.set_archive_existing_versions(archive);
    mlflow_pb::TransitionModelVersionStageResponse reply;
    const grpc::Status status = Call(&Stub::TransitionModelVersionStage, request, &reply);
    version_ = reply.model_version();
    return status;
  }
  std::vector<std::string> Search(const std::string& filter, const std::string& order = "") {
    mlflow_pb::SearchModelVersionsRequest request;
    request.set_filter(filter);
    request.set_max_results(1);
    if (!order.empty()) request.add_order_by(order);
    std::vector<std::string> found;
    do {
      mlflow_pb::SearchModelVersionsResponse reply;
      const grpc::Status status = Call(&Stub::SearchModelVersions, request, &reply);
      if (!status.ok()) return {status.error_message()};
      for (const auto& version : reply.model_versions()) found.push_back(version.version());
      request.set_page_token(reply.next_page_token());
    } while (!request.page_token().empty());
    return found;
  }

  TestTracker tracker_;
  Registry registry_{{models_, versions_, gates_, releases_}, tracker_, base::SystemClock()};
  PgSearchStore search_{db()};
  MlflowRegistryService service_{registry_, search_};
  rpc::TestServer server_{{&service_}};
  std::unique_ptr<Stub> stub_ = mlflow_pb::MlflowRegistryService::NewStub(server_.ChannelAs(rpc::TestCaller()));
  std::string error_code_;
  mlflow_pb::ModelVersion version_;
};

TEST_F(MlflowRegistryTest, NamesAreRefusedInMlflowsWords) {
  ASSERT_TRUE(Create("iris").ok());
  EXPECT_EQ(Create("iris").error_message(), "Registered Model (name=iris) already exists.");
  EXPECT_EQ(Create("a/b").error_message(), "Invalid model name 'a/b'. Names cannot contain '/' or ':'.");
  EXPECT_THAT(Create("..").error_message(), HasSubstr("This name would resolve to '..'"));
  EXPECT_EQ(Create(std::string(257, 'n')).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(error_code_, "BAD_REQUEST");
  mlflow_pb::GetRegisteredModelRequest request;
  request.set_name("none");
  mlflow_pb::GetRegisteredModelResponse reply;
  const grpc::Status status = Call(&Stub::GetRegisteredModel, request, &reply);
  EXPECT_EQ(status.error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "Registered Model with name=none not found");
}

TEST_F(MlflowRegistryTest, AVersionShowsWhatMlflowShows) {
  ASSERT_TRUE(Create("iris").ok());
  ASSERT_TRUE(CreateVersionFrom("s3://bucket/model").ok());
  EXPECT_EQ(version_.version(), "1");
  EXPECT_EQ(version_.current_stage(), "None");
  EXPECT_EQ(version_.status(), mlflow_pb::READY);
  EXPECT_TRUE(version_.has_description());
  EXPECT_TRUE(version_.has_run_id());
  EXPECT_FALSE(version_.has_user_id());
  mlflow_pb::UpdateModelVersionRequest update;
  update.set_name("iris");
  update.set_version("1");
  mlflow_pb::UpdateModelVersionResponse updated;
  ASSERT_TRUE(Call(&Stub::UpdateModelVersion, update, &updated).ok());
  EXPECT_FALSE(updated.model_version().has_description());
  mlflow_pb::GetModelVersionRequest get;
  get.set_name("iris");
  mlflow_pb::GetModelVersionResponse got;
  for (const char* number : {"0", "-1", "99", "999999999999999999999999"}) {
    get.set_version(number);
    EXPECT_EQ(Call(&Stub::GetModelVersion, get, &got).error_message(),
              absl::StrCat("Model Version (name=iris, version=", number, ") not found"));
  }
  get.set_version("1.0");
  EXPECT_EQ(Call(&Stub::GetModelVersion, get, &got).error_message(), "Parameter 'version' must be an integer, got '1.0'.");
}

TEST_F(MlflowRegistryTest, ASourceMustBeOfItsRunOrLoggedModel) {
  ASSERT_TRUE(Create("iris").ok());
  const std::string run(32, 'a'), model = "m-" + std::string(32, 'b');
  tracker_.runs[run] = {.artifact_uri = "mlflow-artifacts:/1/" + run + "/artifacts"};
  tracker_.logged_models[model] = {.artifact_uri = "mlflow-artifacts:/1/models/" + model + "/artifacts", .source_run_id = run};
  const std::string location = "mlflow-artifacts:/1/" + run + "/artifacts/model";
  tracker_.files[location] = {{.path = "MLmodel", .sha256 = std::string(64, 'c'), .size = 1}};
  ASSERT_TRUE(CreateVersionFrom(location, run).ok());
  EXPECT_EQ(versions_.GetVersion(workspace_, "iris", 1).value().files.at(0).path, "MLmodel");
  ASSERT_TRUE(CreateVersionFrom("runs:/" + run + "/model", run).ok());
  ASSERT_TRUE(CreateVersionFrom("models:/" + model, "", model).ok());
  EXPECT_EQ(version_.run_id(), run);
  EXPECT_EQ(DownloadUri("3"), "mlflow-artifacts:/1/models/" + model + "/artifacts");
  EXPECT_THAT(tracker_.noted, ElementsAre(model + " iris 3"));
  ASSERT_TRUE(CreateVersionFrom("models:/iris/1").ok());
  EXPECT_EQ(version_.source(), "models:/iris/1");
  EXPECT_EQ(DownloadUri("4"), location);
  for (const std::string& source :
       {std::string("/etc/passwd"), std::string("file:///etc/passwd"), std::string("relative"), std::string("s3://b/../x"),
        std::string("s3://b/%252e%252e/x"), std::string("mlflow-artifacts:/../x"), std::string("mlflow-artifacts:/a/%2e%2e/x"),
        std::string("https://host/x"), std::string("mlflow-artifacts://host/x"), std::string("s3:b"), std::string("C:\\x"),
        std::string("s3://b/x\0y", 9), location, "runs:/" + run + "/model", "models:/" + model, std::string("models:/none")}) {
    EXPECT_EQ(CreateVersionFrom(source).error_code(), StatusCode::INVALID_ARGUMENT) << source;
  }
  EXPECT_THAT(CreateVersionFrom("mlflow-artifacts:/0/other/artifacts/x", run).error_message(),
              HasSubstr("The run_id request parameter must identify the resource that contains the source."));
  EXPECT_EQ(CreateVersionFrom("models:/none/1").error_message(), "Registered Model with name=none not found");
  EXPECT_EQ(CreateVersionFrom("models:/iris/99").error_message(), "Model Version (name=iris, version=99) not found");
  EXPECT_FALSE(CreateVersionFrom("file://host/etc").ok());
  EXPECT_EQ(error_code_, "INTERNAL_ERROR");
}

TEST_F(MlflowRegistryTest, StagesGoByNameInAnyCaseAndPassTheGate) {
  ASSERT_TRUE(Create("iris").ok());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(CreateVersionFrom("s3://bucket/model").ok());
  ASSERT_TRUE(Transition("1", "production").ok());
  ASSERT_TRUE(Transition("2", "PRODUCTION").ok());
  EXPECT_EQ(versions_.GetVersion(workspace_, "iris", 1).value().stage, Stage::kProduction);
  ASSERT_TRUE(Transition("3", "Production", true).ok());
  EXPECT_EQ(version_.current_stage(), "Production");
  for (int version : {1, 2}) EXPECT_EQ(versions_.GetVersion(workspace_, "iris", version).value().stage, Stage::kArchived);
  ASSERT_TRUE(Transition("3", "None").ok());
  EXPECT_EQ(Transition("3", "Foo").error_message(),
            "Invalid Model Version stage: Foo. Value must be one of None, Staging, Production, Archived.");
  EXPECT_FALSE(Transition("3", "Archived", true).ok());
  EXPECT_EQ(error_code_, "INTERNAL_ERROR");
  const Gate gate{.stage = Stage::kProduction, .rules = {{.metric = "auc", .bound = 1}}};
  ASSERT_TRUE(gates_.SetGate(workspace_, "iris", gate, true, Rank::kEngineer, Now()).ok());
  const grpc::Status refused = Transition("3", "Production");
  EXPECT_THAT(refused.error_message(), HasSubstr("has no evaluation with auc"));
  EXPECT_EQ(error_code_, "INVALID_PARAMETER_VALUE");
  EXPECT_EQ(releases_.ListPromotions(workspace_, "iris", 1000, 1).value().at(0).kind, PromotionKind::kRefused);
}

TEST_F(MlflowRegistryTest, AliasesReadAsMlflowReadsThem) {
  ASSERT_TRUE(Create("iris").ok());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(CreateVersionFrom("s3://bucket/model").ok());
  const auto set = [&](const std::string& alias, const std::string& version) {
    mlflow_pb::SetRegisteredModelAliasRequest request;
    request.set_name("iris");
    request.set_alias(alias);
    request.set_version(version);
    mlflow_pb::SetRegisteredModelAliasResponse reply;
    return Call(&Stub::SetRegisteredModelAlias, request, &reply).error_message();
  };
  const auto get = [&](const std::string& alias) {
    mlflow_pb::GetModelVersionByAliasRequest request;
    request.set_name("iris");
    request.set_alias(alias);
    mlflow_pb::GetModelVersionByAliasResponse reply;
    const grpc::Status status = Call(&Stub::GetModelVersionByAlias, request, &reply);
    return status.ok() ? reply.model_version().version() : status.error_message();
  };
  EXPECT_EQ(set("champion", "1"), "");
  EXPECT_EQ(set("별명", "1"), "");
  EXPECT_EQ(get("champion"), "1");
  EXPECT_EQ(get("latest"), "2");
  EXPECT_EQ(get("none"), "Registered model alias none not found.");
  EXPECT_EQ(set("V12", "1"), "Version alias name 'V12' is reserved.");
  EXPECT_EQ(set("latest", "1"), "'latest' alias name (case insensitive) is reserved.");
  EXPECT_EQ(set("x", "abc"), "Parameter 'version' must be an integer, got 'abc'.");
  EXPECT_EQ(set("x", "9"), "Model Version (name=iris, version=9) not found");
}

TEST_F(MlflowRegistryTest, SearchesFilterOrderAndPage) {
  ASSERT_TRUE(Create("iris").ok());
  for (const char* source : {"s3://b/one", "s3://b/two", "s3://b/three"}) ASSERT_TRUE(CreateVersionFrom(source, "run").ok());
  ASSERT_TRUE(versions_.SetVersionTag(workspace_, "iris", 2, "site", "A", Now()).ok());
  ASSERT_TRUE(versions_.SetVersionTag(workspace_, "iris", 3, "mlflow.prompt.is_prompt", "true", Now()).ok());
  ASSERT_TRUE(models_.CreateModel(other_, {.name = "iris"}, Now()).ok());
  EXPECT_THAT(Search("", "version_number ASC"), ElementsAre("1", "2"));
  EXPECT_THAT(Search("run_id IN ('run', 'x') AND source_path LIKE '%t%'", "version_number DESC"), ElementsAre("2"));
  EXPECT_THAT(Search("tags.site = 'A'"), ElementsAre("2"));
  EXPECT_THAT(Search("tags.site != 'A'"), ElementsAre());
  EXPECT_THAT(Search("version_number > 1 OR source_path = 's3://b/one'", "version_number"), ElementsAre("1", "2"));
  EXPECT_THAT(Search("tags.`mlflow.prompt.is_prompt` = 'true'"), ElementsAre("3"));
  EXPECT_THAT(Search("tag.`mlflow.prompt.is_prompt` != 'true'", "version_number ASC"), ElementsAre("1", "2"));
  EXPECT_THAT(Search("current_stage = 'x'").at(0), HasSubstr("Invalid attribute key 'current_stage'"));
  mlflow_pb::SearchModelVersionsRequest bad;
  bad.set_page_token("rubbish");
  mlflow_pb::SearchModelVersionsResponse reply;
  EXPECT_EQ(Call(&Stub::SearchModelVersions, bad, &reply).error_message(), "Invalid page token, could not base64-decode");
}

TEST_F(MlflowRegistryTest, ADeletedModelIsGoneForMlflowWhateverItsStage) {
  ASSERT_TRUE(Create("iris").ok());
  ASSERT_TRUE(CreateVersionFrom("s3://bucket/model").ok());
  ASSERT_TRUE(Transition("1", "Production").ok());
  mlflow_pb::DeleteRegisteredModelRequest request;
  request.set_name("iris");
  mlflow_pb::DeleteRegisteredModelResponse reply;
  ASSERT_TRUE(Call(&Stub::DeleteRegisteredModel, request, &reply).ok());
  EXPECT_EQ(Call(&Stub::DeleteRegisteredModel, request, &reply).error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(releases_.ListPromotions(workspace_, "iris", 1000, 1).value().at(0).kind, PromotionKind::kDeleted);
}

}  // namespace
}  // namespace millwright::registry
