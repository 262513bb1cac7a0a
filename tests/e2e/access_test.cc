// Every RPC, walked from the descriptors: through both doors and on each service's own port, with every kind of caller that
// must be refused, and from another workspace.
#include <gtest/gtest.h>
#include <signal.h>

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "e2e/generic_call.h"
#include "e2e/platform.h"
#include "lib/auth/access_rule.h"
#include "lib/base/random.h"
#include "lib/pg/database.h"
#include "lib/rpc/client.h"
#include "millwright/monitor/v1/monitor.grpc.pb.h"

namespace millwright::e2e {
namespace {

using google::protobuf::MethodDescriptor;
using grpc::StatusCode;

constexpr char kPipeline[] = R"(name: fixture
description: One task, which the test leases.
steps:
  - id: work
    task: await_serving
    with: {model: fixture-model, version: 1}
)";
constexpr char kStudyPipeline[] = R"(name: fixture-study
description: A study, whose trial the test leases.
steps:
  - id: tune
    study: {metric: score, direction: minimize, sampler: random, trials: 2, parallel: 1, seed: 1, space: {x: {type: float, low: 0, high: 1}}}
    task: train
    with: {dataset_version_id: "1", spec: {}}
)";

// How a call from another workspace must end.
enum class Foreign {
  kNotFound,  // it names a resource of the owner
  kOmits,     // it lists: the owner's marker must not be in the answer
  kOwn,       // it makes or reads something of the caller's own
};
struct Fixture {
  Foreign foreign;
  nlohmann::json request;
};

class AccessTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    platform_ = new Platform;
    const Ended up = platform_->Up();
    ASSERT_EQ(up.exit_code, 0) << up.out << up.err;
    admin_ = platform_->Secret("cli.token");
    viewer_ = NewToken("viewer", "ROLE_VIEWER");
    ASSERT_EQ(platform_->Post("/v1/workspaces", {{"name", "elsewhere"}}).status, 200);
    foreign_ = NewToken("foreigner", "ROLE_ADMIN", "elsewhere");
    // The tasks of the fixtures are for this test, so the platform's own worker stands still.
    worker_ = platform_->Pid("trainer-worker");
    ASSERT_GT(worker_, 0);
    ASSERT_EQ(kill(worker_, SIGSTOP), 0);
    absl::SleepFor(absl::Seconds(2));  // the call in which it asked for work ends
    MakeFixtures();
  }
  static void TearDownTestSuite() {
    kill(worker_, SIGCONT);
    delete platform_;
  }

  static std::string NewToken(const std::string& name, const std::string& role, const std::string& workspace = "") {
    const HttpAnswer answer = platform_->Post("/v1/tokens", {{"name", name}, {"role", role}, {"workspace", workspace}});
    EXPECT_EQ(answer.status, 200) << answer.text;
    return answer.body.value("token", "");
  }

  static const MethodDescriptor* Method(const std::string& name) {
    const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName("millwright." + name);
    EXPECT_NE(method, nullptr) << name;
    return method;
  }

  static std::shared_ptr<grpc::Channel> Door(const std::string& token) {
    return rpc::ConnectWithToken(platform_->GrpcAddress(), token);
  }

  // A call as the owner that must go well; its first message.
  static nlohmann::json Make(const std::string& method, const nlohmann::json& request) {
    const Answered answered = Call(Door(admin_), *Method(method), request);
    EXPECT_TRUE(answered.status.ok()) << method << ": " << answered.status.error_message();
    return answered.messages.empty() ? nlohmann::json::object() : answered.messages[0];
  }

  static nlohmann::json Lease(const std::string& pipeline, const std::string& kind) {
    const std::string run = Make("scheduler.v1.PipelineService.RunPipeline", {{"name", pipeline}}).value("pipeline_run_id", "");
    const nlohmann::json leased =
        Make("scheduler.v1.QueueService.LeaseTask", {{"worker", "the test"}, {"kinds", {kind}}, {"wait_seconds", 10}});
    EXPECT_TRUE(leased.contains("task")) << platform_->Get("/v1/pipeline-runs/" + run).text;
    nlohmann::json task = leased.value("task", nlohmann::json::object());
    task["run"] = run;
    return task;
  }

  static std::string LogAPrediction() {
    const std::string id = base::RandomHex(16);
    static const auth::Signer signer = auth::Signer::Create(platform_->Secret("assertion.key"), "serving").value();
    monitor::v1::LogPredictionsRequest request;
    monitor::v1::Prediction* prediction = request.add_predictions();
    prediction->set_prediction_id(id);
    prediction->set_workspace_id("1");
    prediction->set_model("fixture-model");
    prediction->set_version(1);
    prediction->mutable_at()->set_seconds(absl::ToUnixSeconds(absl::Now()));
    prediction->set_outcome(monitor::v1::PREDICTION_OUTCOME_OK);
    monitor::v1::LogPredictionsResponse reply;
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(10));
    const grpc::Status status =
        monitor::v1::MonitorService::NewStub(rpc::Connect(absl::StrCat("127.0.0.1:", platform_->Port(7005)), signer))
            ->LogPredictions(&context, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return id;
  }

  static void MakeFixtures();

  static Platform* platform_;
  static int worker_;
  static std::string admin_;
  static std::string viewer_;
  static std::string foreign_;
  static std::map<std::string, Fixture> fixtures_;
};

Platform* AccessTest::platform_ = nullptr;
int AccessTest::worker_ = 0;
std::string AccessTest::admin_;
std::string AccessTest::viewer_;
std::string AccessTest::foreign_;
std::map<std::string, Fixture> AccessTest::fixtures_;

void AccessTest::MakeFixtures() {
  const auto add = [](const std::string& method, Foreign foreign, nlohmann::json request = nlohmann::json::object()) {
    fixtures_["millwright." + method] = {foreign, std::move(request)};
  };

  const std::string user = "fixture-user";
  Make("gateway.v1.UserService.CreateUser", {{"name", user}, {"role", "ROLE_VIEWER"}});
  const nlohmann::json token =
      Make("gateway.v1.TokenService.CreateApiToken", {{"name", "fixture-token"}, {"role", "ROLE_VIEWER"}});
  add("gateway.v1.SessionService.SignIn", Foreign::kOwn);
  add("gateway.v1.SessionService.SignOut", Foreign::kOwn);
  add("gateway.v1.SessionService.GetSession", Foreign::kOwn);
  add("gateway.v1.UserService.CreateUser", Foreign::kOwn, {{"name", "own-user"}, {"role", "ROLE_VIEWER"}});
  add("gateway.v1.UserService.GetUser", Foreign::kNotFound, {{"name", user}});
  add("gateway.v1.UserService.ListUsers", Foreign::kOmits);
  add("gateway.v1.UserService.UpdateUser", Foreign::kNotFound, {{"name", user}, {"role", "ROLE_ADMIN"}});
  add("gateway.v1.UserService.SetPassword", Foreign::kOwn, {{"new_password", "short"}});
  add("gateway.v1.UserService.CreateSignInLink", Foreign::kNotFound, {{"name", user}});
  add("gateway.v1.TokenService.CreateApiToken", Foreign::kOwn, {{"name", "own-token"}});
  add("gateway.v1.TokenService.ListApiTokens", Foreign::kOmits);
  add("gateway.v1.TokenService.RevokeApiToken", Foreign::kNotFound, {{"token_id", token["api_token"]["token_id"]}});
  add("gateway.v1.TokenService.WatchTokens", Foreign::kOwn);
  add("gateway.v1.WorkspaceService.CreateWorkspace", Foreign::kOwn, {{"name", "own-workspace"}});
  add("gateway.v1.WorkspaceService.ListWorkspaces", Foreign::kOwn);
  add("gateway.v1.AuditService.ListAuditEntries", Foreign::kOmits);
  add("system.v1.SystemService.GetSystemStatus", Foreign::kOwn);

  const std::string asset = "fixture-asset";
  const nlohmann::json sensors{{{"name", "temperature"}, {"unit", "K"}}};
  Make("telemetry.v1.TelemetryService.PutAsset", {{"asset_id", asset}, {"asset_type", "fixture"}, {"sensors", sensors}});
  const nlohmann::json batch{{"asset_id", asset}, {"sensors", {"temperature"}}, {"event_times", {1.7e9}}, {"values", {300.0}}};
  Make("telemetry.v1.TelemetryService.WriteSamples", {{"batch", batch}});
  const nlohmann::json event{
      {"event_id", "fixture-event"}, {"asset_id", asset}, {"kind", "EVENT_KIND_FAILURE"}, {"at", "2024-01-01T00:00:00Z"}};
  nlohmann::json owners = event;
  owners["event_id"] = "fixture-event-of-owner";
  Make("telemetry.v1.TelemetryService.RecordEvents", {{"events", {owners}}});
  add("telemetry.v1.TelemetryService.PutAsset", Foreign::kOwn, {{"asset_id", "own-asset"}, {"asset_type", "fixture"}});
  add("telemetry.v1.TelemetryService.GetAsset", Foreign::kNotFound, {{"asset_id", asset}});
  add("telemetry.v1.TelemetryService.ListAssets", Foreign::kOmits);
  add("telemetry.v1.TelemetryService.WriteSamples", Foreign::kNotFound, {{"batch", batch}});
  add("telemetry.v1.TelemetryService.StreamSamples", Foreign::kNotFound, {{"batch", batch}});
  add("telemetry.v1.TelemetryService.QuerySamples", Foreign::kOmits);
  // An event may name an asset that telemetry does not know yet, so this makes one of the caller's own.
  add("telemetry.v1.TelemetryService.RecordEvents", Foreign::kOwn, {{"events", {event}}});
  add("telemetry.v1.TelemetryService.ListEvents", Foreign::kOmits);

  const std::string experiment =
      Make("tracker.v1.TrackerService.CreateExperiment", {{"name", "fixture-experiment"}})["experiment_id"];
  const std::string run =
      Make("tracker.v1.TrackerService.CreateRun", {{"experiment_id", experiment}, {"name", "fixture-run"}})["run_id"];
  const nlohmann::json blob = Make("tracker.v1.ArtifactService.UploadBlob", {{"header", {{"name", "fixture-blob"}}}});
  Make("tracker.v1.ArtifactService.PutArtifact", {{"run_id", run}, {"path", "fixture.txt"}, {"sha256", blob["sha256"]}});
  const nlohmann::json dataset_request{{"name", "fixture-dataset"}, {"sha256", blob["sha256"]}, {"content_hash", blob["sha256"]}};
  const std::string dataset = Make("tracker.v1.DatasetService.CreateDatasetVersion", dataset_request)["dataset_version_id"];
  add("tracker.v1.TrackerService.CreateExperiment", Foreign::kOwn, {{"name", "own-experiment"}});
  add("tracker.v1.TrackerService.GetExperiment", Foreign::kNotFound, {{"experiment_id", experiment}});
  add("tracker.v1.TrackerService.ListExperiments", Foreign::kOmits);
  add("tracker.v1.TrackerService.CreateRun", Foreign::kNotFound, {{"experiment_id", experiment}});
  add("tracker.v1.TrackerService.GetRun", Foreign::kNotFound, {{"run_id", run}});
  add("tracker.v1.TrackerService.ListRuns", Foreign::kOmits);
  add("tracker.v1.TrackerService.SearchExperiments", Foreign::kOmits);
  add("tracker.v1.TrackerService.SearchRuns", Foreign::kOmits, {{"experiment_ids", {experiment}}});
  add("tracker.v1.TrackerService.LogBatch", Foreign::kNotFound, {{"run_id", run}, {"params", {{{"key", "a"}, {"value", "b"}}}}});
  add("tracker.v1.TrackerService.FinishRun", Foreign::kNotFound, {{"run_id", run}});
  add("tracker.v1.TrackerService.GetMetricHistory", Foreign::kNotFound, {{"run_id", run}, {"key", "a"}});
  const nlohmann::json by_experiment{{"experiment_id", experiment}};
  add("tracker.v1.TrackerService.UpdateExperiment", Foreign::kNotFound, {{"experiment_id", experiment}, {"name", "theirs"}});
  add("tracker.v1.TrackerService.SetExperimentTags", Foreign::kNotFound,
      {{"experiment_id", experiment}, {"tags", {{{"key", "a"}, {"value", "b"}}}}});
  add("tracker.v1.TrackerService.DeleteExperimentTag", Foreign::kNotFound, {{"experiment_id", experiment}, {"key", "a"}});
  add("tracker.v1.TrackerService.DeleteExperiment", Foreign::kNotFound, by_experiment);
  add("tracker.v1.TrackerService.RestoreExperiment", Foreign::kNotFound, by_experiment);
  add("tracker.v1.TrackerService.PurgeExperiment", Foreign::kNotFound, by_experiment);
  add("tracker.v1.TrackerService.UpdateRun", Foreign::kNotFound, {{"run_id", run}, {"name", "theirs"}});
  add("tracker.v1.TrackerService.DeleteRunTag", Foreign::kNotFound, {{"run_id", run}, {"key", "a"}});
  add("tracker.v1.TrackerService.DeleteRun", Foreign::kNotFound, {{"run_id", run}});
  add("tracker.v1.TrackerService.RestoreRun", Foreign::kNotFound, {{"run_id", run}});
  add("tracker.v1.TrackerService.PurgeRun", Foreign::kNotFound, {{"run_id", run}});
  add("tracker.v1.TrackerService.SendHeartbeat", Foreign::kNotFound, {{"run_id", run}});
  add("tracker.v1.TrackerService.LogMetrics", Foreign::kNotFound,
      {{"run_id", run}, {"metrics", {{{"key", "a"}, {"value", 1.0}}}}});
  add("tracker.v1.TrackerService.GetMetricCharts", Foreign::kNotFound, {{"run_ids", {run}}, {"keys", {"a"}}});

  const std::string logged_model = Make("tracker.v1.LoggedModelService.CreateLoggedModel",
                                        {{"experiment_id", experiment}, {"name", "fixture-logged-model"}})["model_id"];
  const nlohmann::json by_model{{"model_id", logged_model}};
  const nlohmann::json model_tags{{"model_id", logged_model}, {"tags", {{{"key", "a"}, {"value", "b"}}}}};
  add("tracker.v1.LoggedModelService.CreateLoggedModel", Foreign::kNotFound, by_experiment);
  add("tracker.v1.LoggedModelService.GetLoggedModel", Foreign::kNotFound, by_model);
  add("tracker.v1.LoggedModelService.ListLoggedModels", Foreign::kOmits);
  add("tracker.v1.LoggedModelService.FinalizeLoggedModel", Foreign::kNotFound, by_model);
  add("tracker.v1.LoggedModelService.DeleteLoggedModel", Foreign::kNotFound, by_model);
  add("tracker.v1.LoggedModelService.SetLoggedModelTags", Foreign::kNotFound, model_tags);
  add("tracker.v1.LoggedModelService.LogRunLinks", Foreign::kNotFound, {{"run_id", run}, {"links", {{"model_inputs", {"m"}}}}});
  add("tracker.v1.LoggedModelService.GetRunLinks", Foreign::kNotFound, {{"run_id", run}});
  add("tracker.v1.TrackerResetService.ResetTracking", Foreign::kOwn);
  add("registry.v1.RegistryResetService.ResetRegistry", Foreign::kOwn);

  const std::string tracking = "mlflow.v1.MlflowTrackingService.";
  const nlohmann::json by_run{{"run_id", run}};
  const auto of_run = [&](nlohmann::json fields) {
    fields["run_id"] = run;
    return fields;
  };
  const auto of_experiment = [&](nlohmann::json fields) {
    fields["experiment_id"] = experiment;
    return fields;
  };
  const nlohmann::json metric{{"key", "fixture-metric"}, {"value", 1.0}, {"timestamp", 1}};
  Make(tracking + "LogMetric", of_run(metric));
  add(tracking + "CreateExperiment", Foreign::kOwn, {{"name", "own-mlflow-experiment"}});
  add(tracking + "SearchExperiments", Foreign::kOmits, {{"max_results", 1000}});
  for (const char* verb : {"GetExperiment", "DeleteExperiment", "RestoreExperiment"})
    add(tracking + verb, Foreign::kNotFound, by_experiment);
  add(tracking + "GetExperimentByName", Foreign::kNotFound, {{"experiment_name", "fixture-experiment"}});
  add(tracking + "UpdateExperiment", Foreign::kNotFound, of_experiment({{"new_name", "theirs"}}));
  add(tracking + "SetExperimentTag", Foreign::kNotFound, of_experiment({{"key", "a"}, {"value", "b"}}));
  add(tracking + "DeleteExperimentTag", Foreign::kNotFound, of_experiment({{"key", "a"}}));
  add(tracking + "SearchDatasets", Foreign::kOmits, {{"experiment_ids", {experiment}}});
  add(tracking + "CreateRun", Foreign::kNotFound, by_experiment);
  for (const char* verb : {"UpdateRun", "DeleteRun", "RestoreRun", "GetRun", "LogBatch", "LogInputs"})
    add(tracking + verb, Foreign::kNotFound, by_run);
  add(tracking + "SearchRuns", Foreign::kOmits, {{"experiment_ids", {experiment}}});
  add(tracking + "LogMetric", Foreign::kNotFound, of_run(metric));
  add(tracking + "LogParam", Foreign::kNotFound, of_run({{"key", "a"}, {"value", "b"}}));
  add(tracking + "SetTag", Foreign::kNotFound, of_run({{"key", "a"}, {"value", "b"}}));
  add(tracking + "DeleteTag", Foreign::kNotFound, of_run({{"key", "a"}}));
  add(tracking + "LogOutputs", Foreign::kNotFound, of_run({{"models", {{{"model_id", "m"}, {"step", 1}}}}}));
  add(tracking + "LogModel", Foreign::kNotFound,
      of_run({{"model_json", R"({"run_id":"r","artifact_path":"p","flavors":{},"utc_time_created":"t"})"}}));
  add(tracking + "GetMetricHistory", Foreign::kOmits, of_run({{"metric_key", "fixture-metric"}}));
  add(tracking + "GetMetricHistoryBulk", Foreign::kOmits, {{"run_id", {run}}, {"metric_key", "fixture-metric"}});
  add(tracking + "GetMetricHistoryBulkInterval", Foreign::kOmits, {{"run_ids", {run}}, {"metric_key", "fixture-metric"}});
  add(tracking + "CreateLoggedModel", Foreign::kNotFound, by_experiment);
  add(tracking + "SearchLoggedModels", Foreign::kOmits, {{"experiment_ids", {experiment}}});
  for (const char* verb : {"GetLoggedModel", "FinalizeLoggedModel", "DeleteLoggedModel", "LogLoggedModelParams"})
    add(tracking + verb, Foreign::kNotFound, by_model);
  add(tracking + "SetLoggedModelTags", Foreign::kNotFound, model_tags);
  add(tracking + "DeleteLoggedModelTag", Foreign::kNotFound, {{"model_id", logged_model}, {"tag_key", "a"}});
  add("tracker.v1.ArtifactService.UploadBlob", Foreign::kOwn, {{"header", {{"name", "own-blob"}}}});
  add("tracker.v1.ArtifactService.DownloadBlob", Foreign::kNotFound, {{"sha256", blob["sha256"]}});
  add("tracker.v1.ArtifactService.PutArtifact", Foreign::kNotFound, {{"run_id", run}, {"path", "x"}, {"sha256", blob["sha256"]}});
  add("tracker.v1.ArtifactService.ListArtifacts", Foreign::kNotFound, {{"run_id", run}});
  const nlohmann::json file{{"run_id", run}, {"path", "fixture.txt"}};
  add("tracker.v1.ArtifactService.UploadArtifact", Foreign::kNotFound, file);
  add("tracker.v1.ArtifactService.DownloadArtifact", Foreign::kNotFound, file);
  add("tracker.v1.ArtifactService.DeleteArtifacts", Foreign::kNotFound, file);
  add("tracker.v1.ArtifactService.PinBlobs", Foreign::kOwn);
  add("tracker.v1.ArtifactService.PinArtifacts", Foreign::kOwn);
  add("tracker.v1.ArtifactService.UnpinBlobs", Foreign::kOwn);

  const std::string proxy = "mlflow.v1.MlflowArtifactsService.";
  const std::string run_folder = absl::StrCat(experiment, "/", run, "/artifacts");
  const nlohmann::json tree_file{{"artifact_path", run_folder + "/fixture.txt"}};
  nlohmann::json parts{{"artifact_path", run_folder}, {"path", "fixture.bin"}};
  parts["upload_id"] = Make(proxy + "CreateMultipartUpload", parts)["upload_id"];
  Make("tracker.v1.ArtifactService.PutArtifact", {{"run_id", run}, {"path", "fixture.txt"}, {"sha256", blob["sha256"]}});
  Make(proxy + "UploadArtifact",
       {{"artifact_path", absl::StrCat(experiment, "/models/", logged_model, "/artifacts/fixture.txt")}});
  add(proxy + "ListArtifacts", Foreign::kNotFound, by_run);
  add(proxy + "ListLoggedModelArtifacts", Foreign::kNotFound, by_model);
  add(proxy + "CreatePresignedUploadUrl", Foreign::kNotFound, file);
  add(proxy + "CreatePresignedDownloadUrl", Foreign::kNotFound, file);
  add(proxy + "GetRunArtifact", Foreign::kNotFound, file);
  add(proxy + "UploadRunArtifact", Foreign::kNotFound, {{"run_uuid", run}, {"path", "theirs.txt"}});
  add(proxy + "GetLoggedModelArtifact", Foreign::kNotFound, {{"model_id", logged_model}, {"artifact_file_path", "fixture.txt"}});
  // The proxy's paths are those of the caller's own workspace, whose ids they name.
  add(proxy + "UploadArtifact", Foreign::kOwn, {{"artifact_path", "0/own.txt"}});
  add(proxy + "DownloadArtifact", Foreign::kNotFound, tree_file);
  add(proxy + "ListProxiedArtifacts", Foreign::kOmits, {{"path", run_folder}});
  add(proxy + "DeleteArtifact", Foreign::kOwn, tree_file);
  add(proxy + "CreateMultipartUpload", Foreign::kOwn, {{"artifact_path", "0"}, {"path", "own.bin"}});
  add(proxy + "UploadPart", Foreign::kNotFound, {{"upload_id", base::RandomHex(32)}, {"part_number", 1}});
  add(proxy + "CompleteMultipartUpload", Foreign::kNotFound, parts);
  add(proxy + "AbortMultipartUpload", Foreign::kNotFound, parts);
  add(proxy + "GetPresignedDownloadUrl", Foreign::kNotFound, tree_file);
  add(proxy + "DownloadPresigned", Foreign::kNotFound, {{"token", base::RandomHex(32)}});
  add("tracker.v1.DatasetService.CreateDatasetVersion", Foreign::kNotFound, dataset_request);
  add("tracker.v1.DatasetService.GetDatasetVersion", Foreign::kNotFound, {{"dataset_version_id", dataset}});
  add("tracker.v1.DatasetService.ListDatasetVersions", Foreign::kOmits);
  add("tracker.v1.DatasetService.ListDatasets", Foreign::kOmits);
  add("tracker.v1.DatasetService.CompareDatasetVersions", Foreign::kNotFound,
      {{"dataset_version_id", dataset}, {"base_id", dataset}});
  const nlohmann::json look{{"dataset_version_id", dataset}, {"split", "test"}, {"subject", "fixture-look"}};
  Make("tracker.v1.TestLookService.RecordTestLook", look);
  add("tracker.v1.TestLookService.RecordTestLook", Foreign::kNotFound, look);
  add("tracker.v1.TestLookService.ListTestLooks", Foreign::kOmits);

  const std::string model = "fixture-model";
  Make("registry.v1.RegistryService.CreateRegisteredModel", {{"name", model}});
  const nlohmann::json version_request{{"name", model},
                                       {"run_id", run},
                                       {"content_hash", blob["sha256"]},
                                       {"files", {{{"path", "model.ubj"}, {"sha256", blob["sha256"]}, {"size", 0}}}}};
  Make("registry.v1.RegistryService.CreateModelVersion", version_request);
  Make("registry.v1.RegistryService.PromoteModelVersion",
       {{"name", model}, {"version", 1}, {"stage", "STAGE_PRODUCTION"}, {"reason", "fixture"}});
  const nlohmann::json version{{"name", model}, {"version", 1}};
  const nlohmann::json gate{{"name", model}, {"version", 1}, {"stage", "STAGE_PRODUCTION"}};
  add("registry.v1.RegistryService.CreateRegisteredModel", Foreign::kOwn, {{"name", "own-model"}});
  add("registry.v1.RegistryService.GetRegisteredModel", Foreign::kNotFound, {{"name", model}});
  add("registry.v1.RegistryService.ListRegisteredModels", Foreign::kOmits);
  add("registry.v1.RegistryService.CreateModelVersion", Foreign::kNotFound, version_request);
  add("registry.v1.RegistryService.GetModelVersion", Foreign::kNotFound, version);
  add("registry.v1.RegistryService.ListModelVersions", Foreign::kNotFound, {{"name", model}});
  add("registry.v1.RegistryService.RecordEvaluation", Foreign::kNotFound,
      {{"name", model}, {"version", 1}, {"dataset_version_id", dataset}, {"metrics", {{"rmse", 1.0}}}});
  add("registry.v1.RegistryService.ListEvaluations", Foreign::kNotFound, version);
  add("registry.v1.RegistryService.SetGate", Foreign::kNotFound, {{"name", model}, {"stage", "STAGE_PRODUCTION"}});
  add("registry.v1.RegistryService.CheckGate", Foreign::kNotFound, gate);
  add("registry.v1.RegistryService.PromoteModelVersion", Foreign::kNotFound,
      {{"name", model}, {"version", 1}, {"stage", "STAGE_STAGING"}, {"reason", "no"}});
  add("registry.v1.RegistryService.RollbackModel", Foreign::kNotFound, {{"name", model}, {"reason", "no"}});
  add("registry.v1.RegistryService.ListPromotions", Foreign::kNotFound, {{"name", model}});
  const std::string registry = "registry.v1.RegistryService.";
  const auto of_version = [&](nlohmann::json more) {
    more.update(version);
    return more;
  };
  Make(registry + "SetModelAlias", {{"name", model}, {"alias", "fixture-alias"}, {"version", 1}});
  add(registry + "UpdateRegisteredModel", Foreign::kNotFound, {{"name", model}, {"description", "theirs"}});
  add(registry + "RenameRegisteredModel", Foreign::kNotFound, {{"name", model}, {"new_name", "theirs"}});
  add(registry + "DeleteRegisteredModel", Foreign::kNotFound, {{"name", model}, {"allow_production", true}});
  add(registry + "SetModelTag", Foreign::kNotFound, {{"name", model}, {"key", "a"}, {"value", "b"}});
  add(registry + "DeleteModelTag", Foreign::kNotFound, {{"name", model}, {"key", "a"}});
  add(registry + "SetModelAlias", Foreign::kNotFound, {{"name", model}, {"alias", "theirs"}, {"version", 1}});
  add(registry + "DeleteModelAlias", Foreign::kNotFound, {{"name", model}, {"alias", "fixture-alias"}});
  add(registry + "GetModelVersionByAlias", Foreign::kNotFound, {{"name", model}, {"alias", "fixture-alias"}});
  add(registry + "UpdateModelVersion", Foreign::kNotFound, of_version({{"description", "theirs"}}));
  add(registry + "DeleteModelVersion", Foreign::kNotFound, of_version({{"allow_production", true}}));
  add(registry + "SetModelVersionTag", Foreign::kNotFound, of_version({{"key", "a"}, {"value", "b"}}));
  add(registry + "DeleteModelVersionTag", Foreign::kNotFound, of_version({{"key", "a"}}));
  add(registry + "SearchRegisteredModels", Foreign::kOmits);
  add(registry + "SearchModelVersions", Foreign::kOmits);
  add(registry + "ListGates", Foreign::kNotFound, {{"name", model}});
  add(registry + "ApproveModelVersion", Foreign::kNotFound, of_version({{"stage", "STAGE_STAGING"}}));
  add(registry + "RejectModelVersion", Foreign::kNotFound, of_version({{"stage", "STAGE_STAGING"}, {"reason", "no"}}));
  add(registry + "RecordCheck", Foreign::kNotFound, of_version({{"check", "smoke"}, {"is_passed", true}}));
  for (const char* verb : {"ListApprovals", "ListChecks", "GetModelCard", "GetLineage"})
    add(registry + verb, Foreign::kNotFound, version);
  add(registry + "CompareModelVersions", Foreign::kNotFound, of_version({{"other_version", 1}}));

  const std::string webhooks = "registry.v1.WebhookService.";
  const nlohmann::json webhook{{"name", "fixture-webhook"}, {"url", "https://hooks.example.com/fixture"}, {"model", model}};
  const nlohmann::json by_webhook{{"webhook_id", Make(webhooks + "CreateWebhook", webhook)["webhook"]["webhook_id"]}};
  add(webhooks + "CreateWebhook", Foreign::kOwn, {{"name", "own-webhook"}, {"url", "https://hooks.example.com/own"}});
  add(webhooks + "ListWebhooks", Foreign::kOmits);
  for (const char* verb : {"GetWebhook", "UpdateWebhook", "DeleteWebhook", "ListDeliveries"})
    add(webhooks + verb, Foreign::kNotFound, by_webhook);
  nlohmann::json delivery = by_webhook;
  delivery["delivery_id"] = "1";
  add(webhooks + "Redeliver", Foreign::kNotFound, delivery);

  const std::string ml = "mlflow.v1.MlflowRegistryService.";
  const nlohmann::json ml_version{{"name", model}, {"version", "1"}};
  const auto of_ml_version = [&](nlohmann::json more) {
    more.update(ml_version);
    return more;
  };
  add(ml + "CreateRegisteredModel", Foreign::kOwn, {{"name", "own-mlflow-model"}});
  for (const char* verb : {"GetRegisteredModel", "UpdateRegisteredModel", "DeleteRegisteredModel", "GetLatestVersions"})
    add(ml + verb, Foreign::kNotFound, {{"name", model}});
  add(ml + "RenameRegisteredModel", Foreign::kNotFound, {{"name", model}, {"new_name", "theirs"}});
  add(ml + "SearchRegisteredModels", Foreign::kOmits);
  add(ml + "SetRegisteredModelTag", Foreign::kNotFound, {{"name", model}, {"key", "a"}, {"value", "b"}});
  add(ml + "DeleteRegisteredModelTag", Foreign::kNotFound, {{"name", model}, {"key", "a"}});
  add(ml + "SetRegisteredModelAlias", Foreign::kNotFound, of_ml_version({{"alias", "theirs"}}));
  add(ml + "DeleteRegisteredModelAlias", Foreign::kNotFound, {{"name", model}, {"alias", "fixture-alias"}});
  add(ml + "GetModelVersionByAlias", Foreign::kNotFound, {{"name", model}, {"alias", "fixture-alias"}});
  add(ml + "CreateModelVersion", Foreign::kNotFound, {{"name", model}, {"source", "s3://bucket/model"}});
  for (const char* verb : {"GetModelVersion", "UpdateModelVersion", "DeleteModelVersion", "GetModelVersionDownloadUri"})
    add(ml + verb, Foreign::kNotFound, ml_version);
  add(ml + "TransitionModelVersionStage", Foreign::kNotFound, of_ml_version({{"stage", "Staging"}}));
  add(ml + "SearchModelVersions", Foreign::kOmits);
  add(ml + "SetModelVersionTag", Foreign::kNotFound, of_ml_version({{"key", "a"}, {"value", "b"}}));
  add(ml + "DeleteModelVersionTag", Foreign::kNotFound, of_ml_version({{"key", "a"}}));
  add(ml + "GetModelVersionArtifact", Foreign::kNotFound, of_ml_version({{"path", "model.ubj"}}));
  add("registry.v1.DeploymentService.GetDeployment", Foreign::kNotFound, {{"name", model}});
  add("registry.v1.DeploymentService.ListDeployments", Foreign::kOmits);
  add("registry.v1.DeploymentService.WatchDeployments", Foreign::kOwn);

  Make("scheduler.v1.PipelineService.PutPipeline", {{"definition", kPipeline}});
  Make("scheduler.v1.PipelineService.PutPipeline", {{"definition", kStudyPipeline}});
  const nlohmann::json task = Lease("fixture", "await_serving");
  const nlohmann::json trial = Lease("fixture-study", "train");
  const nlohmann::json schedule{{"name", "fixture-schedule"}, {"pipeline", "fixture"}, {"cron", "0 3 1 1 *"}};
  Make("scheduler.v1.ScheduleService.CreateSchedule", schedule);
  const nlohmann::json by_pipeline_run{{"pipeline_run_id", task["run"]}};
  const nlohmann::json by_task{{"task_id", task["task_id"]}, {"attempt", 1}};
  const nlohmann::json by_study{{"study_id", trial["study_id"]}};
  add("scheduler.v1.PipelineService.PutPipeline", Foreign::kOwn,
      {{"definition", absl::StrReplaceAll(kPipeline, {{"name: fixture", "name: own"}})}});
  add("scheduler.v1.PipelineService.GetPipeline", Foreign::kNotFound, {{"name", "fixture"}});
  add("scheduler.v1.PipelineService.ListPipelines", Foreign::kOmits);
  add("scheduler.v1.PipelineService.RunPipeline", Foreign::kNotFound, {{"name", "fixture"}});
  add("scheduler.v1.PipelineService.GetPipelineRun", Foreign::kNotFound, by_pipeline_run);
  add("scheduler.v1.PipelineService.ListPipelineRuns", Foreign::kOmits);
  add("scheduler.v1.PipelineService.WatchPipelineRun", Foreign::kNotFound, by_pipeline_run);
  add("scheduler.v1.PipelineService.CancelPipelineRun", Foreign::kNotFound, by_pipeline_run);
  add("scheduler.v1.ScheduleService.CreateSchedule", Foreign::kNotFound,
      {{"name", "own-schedule"}, {"pipeline", "fixture"}, {"cron", "0 3 1 1 *"}});
  add("scheduler.v1.ScheduleService.GetSchedule", Foreign::kNotFound, {{"name", "fixture-schedule"}});
  add("scheduler.v1.ScheduleService.ListSchedules", Foreign::kOmits);
  add("scheduler.v1.ScheduleService.UpdateSchedule", Foreign::kNotFound, {{"name", "fixture-schedule"}, {"is_paused", true}});
  add("scheduler.v1.ScheduleService.DeleteSchedule", Foreign::kNotFound, {{"name", "fixture-schedule"}});
  add("scheduler.v1.StudyService.GetStudy", Foreign::kNotFound, by_study);
  add("scheduler.v1.StudyService.ListStudies", Foreign::kOmits);
  add("scheduler.v1.StudyService.ListTrials", Foreign::kNotFound, by_study);
  add("scheduler.v1.QueueService.LeaseTask", Foreign::kOmits, {{"worker", "elsewhere"}, {"kinds", {"await_serving", "train"}}});
  add("scheduler.v1.QueueService.RenewLease", Foreign::kNotFound, by_task);
  add("scheduler.v1.QueueService.CompleteTask", Foreign::kNotFound, by_task);
  add("scheduler.v1.QueueService.FailTask", Foreign::kNotFound, by_task);
  add("scheduler.v1.QueueService.ReleaseTask", Foreign::kNotFound, by_task);
  add("scheduler.v1.QueueService.ReportTrial", Foreign::kNotFound,
      {{"task_id", trial["task_id"]}, {"attempt", 1}, {"step", 1}, {"value", 1.0}});

  add("serving.v1.ServingService.GetServingStatus", Foreign::kOmits);
  const std::string prediction = LogAPrediction();
  add("monitor.v1.MonitorService.LogPredictions", Foreign::kOwn);
  add("monitor.v1.MonitorService.CreateLabels", Foreign::kOwn,
      {{"labels", {{{"prediction_id", base::RandomHex(16)}, {"value", 1}}}}});
  add("monitor.v1.MonitorService.GetPrediction", Foreign::kNotFound, {{"prediction_id", prediction}});
  add("monitor.v1.MonitorService.ListPredictions", Foreign::kOmits);
  add("monitor.v1.MonitorService.GetModelHealth", Foreign::kNotFound, {{"name", model}});
}

api::v1::AccessRule RuleOf(const MethodDescriptor& method) { return auth::RuleOf(method).value(); }

TEST_F(AccessTest, EveryRpcHasAFixture) {
  for (const MethodDescriptor* method : AllMethods()) {
    EXPECT_TRUE(fixtures_.contains(method->full_name())) << method->full_name() << " needs a fixture in MakeFixtures";
  }
}

TEST_F(AccessTest, WithoutATokenOrWithAWrongOrExpiredOneEveryRpcIsUnauthenticated) {
  const std::string expired = NewToken("expired", "ROLE_ADMIN");
  pg::Database database({.url = platform_->Secret("database.url")});
  static constexpr pg::Statement kExpire{
      "expire", "UPDATE gateway.tokens SET expires_at = now() - interval '1 minute' WHERE name = 'expired'"};
  const auto expire = database.Transact([](pg::Tx& tx) { return tx.Execute(kExpire); });
  ASSERT_TRUE(expire.ok()) << expire.status();
  ASSERT_EQ(*expire, 1);
  for (const MethodDescriptor* method : AllMethods()) {
    const nlohmann::json& request = fixtures_[method->full_name()].request;
    if (RuleOf(*method).public_()) continue;
    const auto anonymous = grpc::CreateChannel(platform_->GrpcAddress(), grpc::InsecureChannelCredentials());
    EXPECT_EQ(Call(anonymous, *method, request).status.error_code(), StatusCode::UNAUTHENTICATED)
        << method->full_name() << " without a token";
    EXPECT_EQ(Call(Door("mw_" + base::RandomHex(32)), *method, request).status.error_code(), StatusCode::UNAUTHENTICATED)
        << method->full_name() << " with a wrong token";
    EXPECT_EQ(Call(Door(expired), *method, request).status.error_code(), StatusCode::UNAUTHENTICATED)
        << method->full_name() << " with an expired token";
  }
}

TEST_F(AccessTest, ATooLowRoleIsDeniedEverywhere) {
  const std::string worker = platform_->Secret("worker.token");
  int denied = 0;
  for (const MethodDescriptor* method : AllMethods()) {
    const nlohmann::json& request = fixtures_[method->full_name()].request;
    const api::v1::AccessRule rule = RuleOf(*method);
    if (rule.public_()) continue;
    if (rule.internal()) {
      EXPECT_EQ(Call(Door(admin_), *method, request).status.error_code(), StatusCode::PERMISSION_DENIED)
          << method->full_name() << " as admin";
      ++denied;
    }
    if (rule.internal() || rule.least_role() > api::v1::ROLE_VIEWER) {
      EXPECT_EQ(Call(Door(viewer_), *method, request).status.error_code(), StatusCode::PERMISSION_DENIED)
          << method->full_name() << " as viewer";
      ++denied;
    }
    if (!rule.worker()) {
      EXPECT_EQ(Call(Door(worker), *method, request).status.error_code(), StatusCode::PERMISSION_DENIED)
          << method->full_name() << " as worker";
      ++denied;
    }
  }
  EXPECT_GT(denied, 60);
}

TEST_F(AccessTest, EveryHttpRouteRefusesTheSame) {
  int routes = 0;
  for (const MethodDescriptor* method : AllMethods()) {
    const api::v1::AccessRule rule = RuleOf(*method);
    for (int i = 0; i < method->options().ExtensionSize(api::v1::http); ++i) {
      const api::v1::HttpRoute& route = method->options().GetExtension(api::v1::http, i);
      if (rule.public_()) continue;
      ++routes;
      const bool is_get = route.verb_case() == api::v1::HttpRoute::kGet;
      const bool is_post = route.verb_case() == api::v1::HttpRoute::kPost;
      if (!is_get && !is_post) continue;  // the same code; the client of this test speaks two verbs
      const std::string path =
          absl::StrReplaceAll(is_get ? route.get() : route.post(), {{"{batch.asset_id}", "a"},
                                                                    {"{asset_id}", "a"},
                                                                    {"{name}", "a"},
                                                                    {"{version}", "1"},
                                                                    {"{stage}", "STAGE_STAGING"},
                                                                    {"{run_id}", std::string(32, 'a')},
                                                                    {"{experiment_id}", "1"},
                                                                    {"{dataset_version_id}", "1"},
                                                                    {"{pipeline_run_id}", "1"},
                                                                    {"{study_id}", "1"},
                                                                    {"{prediction_id}", std::string(32, 'a')}});
      const auto send = [&](const std::string& token) {
        return is_get ? platform_->Get(path, token) : platform_->Post(path, nlohmann::json::object(), token);
      };
      EXPECT_EQ(send("-").status, 401) << path;
      EXPECT_EQ(send("mw_" + base::RandomHex(32)).status, 401) << path;
      if (rule.least_role() > api::v1::ROLE_VIEWER) {
        EXPECT_EQ(send(viewer_).status, 403) << path;
      }
    }
  }
  EXPECT_GT(routes, 50);
}

TEST_F(AccessTest, AnotherWorkspaceNeitherFindsNorListsTheOwnersResources) {
  for (const MethodDescriptor* method : AllMethods()) {
    const Fixture& fixture = fixtures_[method->full_name()];
    if (fixture.foreign == Foreign::kOwn) continue;
    const Answered foreign = Call(Door(foreign_), *method, fixture.request, absl::Seconds(3));
    if (fixture.foreign == Foreign::kNotFound) {
      EXPECT_EQ(foreign.status.error_code(), StatusCode::NOT_FOUND)
          << method->full_name() << ": " << foreign.status.error_message();
      continue;
    }
    EXPECT_TRUE(foreign.status.ok()) << method->full_name() << ": " << foreign.status.error_message();
    for (const nlohmann::json& message : foreign.messages) {
      // The audit log tells the foreigner's own attempts on what they asked for by name; the experiment is none of those.
      const char* marker = method->name() == "ListAuditEntries" ? "fixture-experiment"
                           : method->name() == "ListEvents"     ? "fixture-event-of-owner"
                                                                : "fixture";
      EXPECT_EQ(message.dump().find(marker), std::string::npos) << method->full_name() << ": " << message.dump();
    }
  }
}

TEST_F(AccessTest, TheOwnerReadsThemAll) {
  for (const MethodDescriptor* method : AllMethods()) {
    const Fixture& fixture = fixtures_[method->full_name()];
    const bool reads = absl::StartsWith(method->name(), "Get") || absl::StartsWith(method->name(), "List") ||
                       absl::StartsWith(method->name(), "Query");
    if (!reads || RuleOf(*method).internal()) continue;
    const Answered answered = Call(Door(admin_), *method, fixture.request, absl::Seconds(3));
    EXPECT_TRUE(answered.status.ok()) << method->full_name() << ": " << answered.status.error_message();
    if (fixture.foreign == Foreign::kOmits && method->name() != "GetServingStatus" && method->name() != "LeaseTask") {
      const std::string all = nlohmann::json(answered.messages).dump();
      EXPECT_NE(all.find("fixture"), std::string::npos) << method->full_name() << " does not list the fixture: " << all;
    }
  }
}

TEST_F(AccessTest, OnAServicesOwnPortEveryMethodWithoutAnAssertionIsUnauthenticated) {
  const std::map<std::string, int> ports{{"telemetry", 7001}, {"tracker", 7002}, {"registry", 7003}, {"model_registry", 7003},
                                         {"scheduler", 7004}, {"monitor", 7005}, {"serving", 7006},  {"gateway", 7008}};
  for (const MethodDescriptor* method : AllMethods()) {
    const std::string package = method->file()->package();  // millwright.<service>.v1
    const std::string backend = method->service()->options().GetExtension(api::v1::backend);
    const std::string service = backend.empty() ? package.substr(11, package.rfind('.') - 11) : backend;
    const std::string address = service == "system" ? absl::StrCat("unix:", platform_->home(), "/run/supervisor.sock")
                                                    : absl::StrCat("127.0.0.1:", platform_->Port(ports.at(service)));
    const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
    EXPECT_EQ(Call(channel, *method, fixtures_[method->full_name()].request).status.error_code(), StatusCode::UNAUTHENTICATED)
        << method->full_name() << " on " << address;
  }
}

}  // namespace
}  // namespace millwright::e2e
