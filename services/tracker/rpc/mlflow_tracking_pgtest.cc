#include <gmock/gmock.h>

#include <limits>

#include "lib/base/clock.h"
#include "lib/pg/database_test.h"
#include "lib/rpc/client.h"
#include "lib/rpc/status.h"
#include "lib/rpc/test_server.h"
#include "migrations.h"
#include "tracker/rpc/mlflow_tracking_service.h"
#include "tracker/rpc/reset_service.h"
#include "tracker/storage/model_metrics.h"
#include "tracker/storage/pg_experiment_store.h"
#include "tracker/storage/pg_logged_model_store.h"
#include "tracker/storage/pg_reset.h"
#include "tracker/storage/pg_run_link_store.h"
#include "tracker/storage/pg_run_store.h"
#include "tracker/storage/pg_search_store.h"

namespace millwright::tracker {
namespace {

using Stub = mlpb::MlflowTrackingService::Stub;
using testing::HasSubstr;
constexpr char kBadRequest[] = "BAD_REQUEST";

/// What an HTTP client would see of a call: gRPC's code, the error code of its own, the message.
struct Outcome {
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string error_code;
  std::string message;
};

class MlflowTrackingTest : public pg::DatabaseTest {
 protected:
  MlflowTrackingTest() : DatabaseTest({{"tracker", migrations()}}) {}

  template <typename Request, typename Reply>
  Outcome Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*), const Request& request, Reply* reply) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(30));
    const grpc::Status status = (stub_.get()->*method)(&context, request, reply);
    Outcome outcome{status.error_code(), "", status.error_message()};
    const auto code = context.GetServerTrailingMetadata().find(rpc::kErrorCodeKey);
    if (code != context.GetServerTrailingMetadata().end()) outcome.error_code.assign(code->second.data(), code->second.size());
    return outcome;
  }

  std::string Experiment(const std::string& name) {
    mlpb::CreateExperimentRequest request;
    request.set_name(name);
    mlpb::CreateExperimentResponse reply;
    EXPECT_EQ(Call(&Stub::CreateExperiment, request, &reply).message, "");
    return reply.experiment_id();
  }
  mlpb::Run NewRun(const std::string& experiment = "0") {
    mlpb::CreateRunRequest request;
    request.set_experiment_id(experiment);
    request.set_start_time(5);
    request.set_user_id("ana");
    mlpb::CreateRunResponse reply;
    EXPECT_EQ(Call(&Stub::CreateRun, request, &reply).message, "");
    return reply.run();
  }
  mlpb::Run Get(const std::string& run) {
    mlpb::GetRunRequest request;
    request.set_run_id(run);
    mlpb::GetRunResponse reply;
    EXPECT_EQ(Call(&Stub::GetRun, request, &reply).message, "");
    return reply.run();
  }
  Outcome LogMetric(const std::string& run, const std::string& key, double value, std::int64_t timestamp, std::int64_t step = 0) {
    mlpb::LogMetricRequest request;
    request.set_run_id(run);
    request.set_key(key);
    request.set_value(value);
    request.set_timestamp(timestamp);
    request.set_step(step);
    mlpb::LogMetricResponse reply;
    return Call(&Stub::LogMetric, request, &reply);
  }
  Outcome LogParam(const std::string& run, const std::string& key, const std::string& value) {
    mlpb::LogParamRequest request;
    request.set_run_id(run);
    request.set_key(key);
    request.set_value(value);
    mlpb::LogParamResponse reply;
    return Call(&Stub::LogParam, request, &reply);
  }
  Outcome Delete(const std::string& run) {
    mlpb::DeleteRunRequest request;
    request.set_run_id(run);
    mlpb::DeleteRunResponse reply;
    return Call(&Stub::DeleteRun, request, &reply);
  }

  PgExperimentStore experiments_{db()};
  PgRunStore runs_{db(), {.write_model_metrics = WriteModelMetrics}};
  PgLoggedModelStore model_store_{db()};
  PgRunLinkStore links_{db()};
  PgSearchStore search_store_{db()};
  PgReset reset_{db()};
  Tracker tracker_{experiments_, runs_, base::SystemClock()};
  LoggedModels models_{model_store_, experiments_, base::SystemClock()};
  Lineage lineage_{links_};
  Search search_{search_store_};
  MlflowTrackingService service_{tracker_, models_, lineage_, search_};
  ResetService allowed_{reset_, true};
  rpc::TestServer server_{{&service_}};
  std::unique_ptr<Stub> stub_ = mlpb::MlflowTrackingService::NewStub(server_.ChannelAs(rpc::TestCaller()));
};

TEST_F(MlflowTrackingTest, AnExperimentLivesDiesAndReturns) {
  const std::string id = Experiment("plant/pumps");
  mlpb::GetExperimentRequest get;
  get.set_experiment_id(" " + id);
  mlpb::GetExperimentResponse got;
  ASSERT_EQ(Call(&Stub::GetExperiment, get, &got).message, "");
  EXPECT_EQ(got.experiment().artifact_location(), "mlflow-artifacts:/" + id);
  EXPECT_EQ(got.experiment().lifecycle_stage(), "active");

  mlpb::CreateExperimentRequest again;
  again.set_name("plant/pumps");
  mlpb::CreateExperimentResponse refused;
  const Outcome taken = Call(&Stub::CreateExperiment, again, &refused);
  EXPECT_EQ(taken.code, grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(taken.message, "Experiment(name=plant/pumps) already exists.");

  mlpb::DeleteExperimentRequest drop;
  drop.set_experiment_id(id);
  mlpb::DeleteExperimentResponse dropped;
  ASSERT_EQ(Call(&Stub::DeleteExperiment, drop, &dropped).message, "");
  const Outcome gone = Call(&Stub::DeleteExperiment, drop, &dropped);
  EXPECT_EQ(gone.code, grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(gone.message, "No Experiment with id=" + id + " exists");

  mlpb::CreateRunRequest create;
  create.set_experiment_id(id);
  mlpb::CreateRunResponse run;
  const Outcome closed = Call(&Stub::CreateRun, create, &run);
  EXPECT_EQ(closed.code, grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(closed.message, "The experiment " + id + " must be in the 'active' state. Current state is deleted.");
  mlpb::UpdateExperimentRequest rename;
  rename.set_experiment_id(id);
  rename.set_new_name("x");
  mlpb::UpdateExperimentResponse renamed;
  EXPECT_EQ(Call(&Stub::UpdateExperiment, rename, &renamed).code, grpc::StatusCode::FAILED_PRECONDITION);

  mlpb::RestoreExperimentRequest restore;
  restore.set_experiment_id(id);
  mlpb::RestoreExperimentResponse restored;
  EXPECT_EQ(Call(&Stub::RestoreExperiment, restore, &restored).message, "");
  EXPECT_EQ(Call(&Stub::RestoreExperiment, restore, &restored).code, grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Call(&Stub::CreateRun, create, &run).message, "");
}

TEST_F(MlflowTrackingTest, ExperimentsRefuseWhatMlflowRefuses) {
  mlpb::CreateExperimentRequest request;
  mlpb::CreateExperimentResponse reply;
  request.set_name(std::string(501, 'x'));
  EXPECT_EQ(Call(&Stub::CreateExperiment, request, &reply).message, "'name' exceeds the maximum length of 500 characters");
  request.set_name("a");
  request.set_artifact_location("http://elsewhere/x");
  EXPECT_THAT(Call(&Stub::CreateExperiment, request, &reply).message, HasSubstr("cannot use the 'http' scheme"));
  request.set_artifact_location("s3://bucket/x#y");
  EXPECT_THAT(Call(&Stub::CreateExperiment, request, &reply).message, HasSubstr("fragments"));
  request.set_artifact_location("s3://bucket/x?a=%252e%252e/b");
  EXPECT_EQ(Call(&Stub::CreateExperiment, request, &reply).message, "Invalid query string");
  request.clear_artifact_location();
  request.add_tags()->set_key("a//b");
  EXPECT_THAT(Call(&Stub::CreateExperiment, request, &reply).message, HasSubstr("This name would resolve to 'a/b'"));
  mlpb::GetExperimentRequest get;
  mlpb::GetExperimentResponse got;
  get.set_experiment_id("abc");
  EXPECT_EQ(Call(&Stub::GetExperiment, get, &got).message, "Invalid experiment ID 'abc'. Experiment ID must be a valid integer.");
  get.set_experiment_id("99999999999999999999");
  EXPECT_EQ(Call(&Stub::GetExperiment, get, &got).code, grpc::StatusCode::NOT_FOUND);
}

TEST_F(MlflowTrackingTest, ARunsNameIsItsTag) {
  const mlpb::Run made = NewRun();
  EXPECT_EQ(made.info().experiment_id(), "0");
  EXPECT_EQ(made.info().start_time(), 5);
  EXPECT_EQ(made.info().user_id(), "ana");
  EXPECT_EQ(made.info().status(), mlpb::RUNNING);
  EXPECT_EQ(made.info().artifact_uri(), "mlflow-artifacts:/0/" + made.info().run_id() + "/artifacts");
  ASSERT_EQ(made.data().tags_size(), 1);
  EXPECT_EQ(made.data().tags(0).key(), "mlflow.runName");
  EXPECT_EQ(made.data().tags(0).value(), made.info().run_name());

  mlpb::SetTagRequest tag;
  tag.set_run_id(made.info().run_id());
  tag.set_key("mlflow.runName");
  tag.set_value("better");
  mlpb::SetTagResponse tagged;
  ASSERT_EQ(Call(&Stub::SetTag, tag, &tagged).message, "");
  EXPECT_EQ(Get(made.info().run_id()).info().run_name(), "better");
  tag.set_value("");
  ASSERT_EQ(Call(&Stub::SetTag, tag, &tagged).message, "");
  EXPECT_EQ(Get(made.info().run_id()).info().run_name(), "better");

  mlpb::CreateRunRequest create;
  create.set_experiment_id("0");
  create.set_run_name("x");
  create.add_tags()->set_key("mlflow.runName");
  create.mutable_tags(0)->set_value("y");
  mlpb::CreateRunResponse refused;
  EXPECT_THAT(Call(&Stub::CreateRun, create, &refused).message, HasSubstr("(run_name='x', mlflow.runName='y')"));
}

TEST_F(MlflowTrackingTest, AFinishedRunMayBeResumedAndKeepsItsEnd) {
  const std::string id = NewRun().info().run_id();
  mlpb::UpdateRunRequest request;
  request.set_run_id(id);
  request.set_status(mlpb::FINISHED);
  mlpb::UpdateRunResponse reply;
  ASSERT_EQ(Call(&Stub::UpdateRun, request, &reply).message, "");
  EXPECT_FALSE(reply.run_info().has_end_time());
  request.set_end_time(99);
  ASSERT_EQ(Call(&Stub::UpdateRun, request, &reply).message, "");
  EXPECT_EQ(reply.run_info().end_time(), 99);
  request.clear_end_time();
  request.set_status(mlpb::RUNNING);
  ASSERT_EQ(Call(&Stub::UpdateRun, request, &reply).message, "");
  EXPECT_EQ(reply.run_info().status(), mlpb::RUNNING);
  EXPECT_EQ(reply.run_info().end_time(), 99);
}

TEST_F(MlflowTrackingTest, ADeletedRunTakesNoWritesAndCanBeRead) {
  const std::string id = NewRun().info().run_id();
  ASSERT_EQ(Delete(id).message, "");
  EXPECT_EQ(Delete(id).message, "");
  EXPECT_EQ(Get(id).info().lifecycle_stage(), "deleted");
  for (const Outcome& outcome : {LogMetric(id, "a", 1, 1), LogParam(id, "a", "1")}) {
    EXPECT_EQ(outcome.code, grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(outcome.message, "The run " + id + " must be in the 'active' state. Current state is deleted.");
  }
  EXPECT_EQ(LogMetric("zz", "a", 1, 1).message, "Run with id=zz not found");
}

TEST_F(MlflowTrackingTest, MetricsRefuseWhatMlflowRefuses) {
  const std::string id = NewRun().info().run_id();
  EXPECT_EQ(
      LogMetric(id, "a$", 1, 1).message,
      "Invalid value \"a$\" for parameter 'name' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), "
      "periods (.), spaces ( ), colon(:) and slashes (/).");
  EXPECT_EQ(LogMetric(id, "../b", 1, 1).message,
            "Invalid value \"../b\" for parameter 'name' supplied: Names may be treated as files in certain cases, and must not "
            "resolve to other names when treated as such. This name would resolve to '../b'");
  EXPECT_EQ(LogMetric(id, "a", 1, -1).message,
            "Invalid value -1 for parameter 'timestamp' supplied: metric 'a' (value=1.0). Timestamp must be a nonnegative long "
            "(64-bit integer) ");
  EXPECT_EQ(LogMetric(id, std::string(251, 'k'), 1, 1).message, "'Metric name' exceeds the maximum length of 250 characters");
  EXPECT_EQ(LogMetric(id, "한글 é.x/y:z", 1, 1).message, "");
}

TEST_F(MlflowTrackingTest, InfinitiesComeBackAsTheLargestNumberAndNanAsItself) {
  const std::string id = NewRun().info().run_id();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  ASSERT_EQ(LogMetric(id, "a", kInfinity, 1).message, "");
  ASSERT_EQ(LogMetric(id, "b", -kInfinity, 1).message, "");
  ASSERT_EQ(LogMetric(id, "c", std::numeric_limits<double>::quiet_NaN(), 1).message, "");
  const mlpb::Run run = Get(id);
  ASSERT_EQ(run.data().metrics_size(), 3);
  EXPECT_EQ(run.data().metrics(0).value(), std::numeric_limits<double>::max());
  EXPECT_EQ(run.data().metrics(1).value(), std::numeric_limits<double>::lowest());
  EXPECT_TRUE(std::isnan(run.data().metrics(2).value()));
}

TEST_F(MlflowTrackingTest, AParamHasOneValue) {
  const std::string id = NewRun().info().run_id();
  ASSERT_EQ(LogParam(id, "a", "1").message, "");
  EXPECT_EQ(LogParam(id, "a", "1").message, "");
  EXPECT_EQ(LogParam(id, "a", "2").message,
            "Changing param values is not allowed. Param with key='a' was already logged with value='1' for run ID='" + id +
                "'. Attempted logging new value '2'.");
  ASSERT_EQ(LogParam(id, "long", std::string(6001, 'x')).message, "");
  EXPECT_EQ(LogParam(id, "long", std::string(6000, 'x')).message, "");

  mlpb::LogBatchRequest batch;
  batch.set_run_id(id);
  for (const auto& [key, value] : {std::pair{"z", "1"}, {"long", "5'"}, {"a", "q\""}}) {
    batch.add_params()->set_key(key);
    batch.mutable_params(batch.params_size() - 1)->set_value(value);
  }
  batch.mutable_params(1)->set_key("a");
  batch.mutable_params(2)->set_key("b");
  mlpb::LogBatchResponse reply;
  EXPECT_EQ(Call(&Stub::LogBatch, batch, &reply).message,
            "Changing param values is not allowed. Params were already logged='[{'key': 'a', 'old_value': '1', 'new_value': "
            "\"5'\"}]' for run ID='" +
                id + "'.");
  EXPECT_EQ(Get(id).data().params_size(), 2);  // nothing of a refused batch
  batch.mutable_params(2)->set_key("a");
  EXPECT_EQ(
      Call(&Stub::LogBatch, batch, &reply).message,
      "Duplicate parameter keys have been submitted: ['a']. Please ensure the request contains only one param value per param "
      "key.");
}

TEST_F(MlflowTrackingTest, ABatchHasItsLimits) {
  mlpb::LogBatchRequest batch;
  mlpb::LogBatchResponse reply;
  batch.set_run_id("z/z");
  EXPECT_EQ(Call(&Stub::LogBatch, batch, &reply).message, "Invalid value \"z/z\" for parameter 'run_id' supplied.");
  batch.set_run_id(NewRun().info().run_id());
  for (int i = 0; i < 101; ++i) batch.add_tags()->set_key("t" + std::to_string(i));
  EXPECT_EQ(
      Call(&Stub::LogBatch, batch, &reply).message,
      "A batch logging request can contain at most 100 tags. Got 101 tags. Please split up tags across multiple requests and "
      "try again.");
  batch.mutable_tags()->RemoveLast();
  for (int i = 0; i < 901; ++i) batch.add_metrics()->set_key("m");
  EXPECT_EQ(
      Call(&Stub::LogBatch, batch, &reply).message,
      "A batch logging request can contain at most 1000 metrics, params, and tags. Got 1001 metrics, params, and tags. Please "
      "split up metrics, params, and tags across multiple requests and try again.");
  batch.mutable_metrics()->RemoveLast();
  EXPECT_EQ(Call(&Stub::LogBatch, batch, &reply).message, "");
  EXPECT_EQ(Call(&Stub::LogBatch, batch, &reply).message, "");  // a blind retry
  batch.mutable_metrics(3)->set_timestamp(-1);
  EXPECT_THAT(Call(&Stub::LogBatch, batch, &reply).message, HasSubstr("for parameter 'metrics[3].timestamp' supplied"));
}

TEST_F(MlflowTrackingTest, HistoryIsToldByTimeInPages) {
  const std::string id = NewRun().info().run_id();
  for (const auto& [timestamp, step] : {std::pair{9, 1}, {8, 2}, {9, 0}, {7, 5}, {7, 5}})
    ASSERT_EQ(LogMetric(id, "m", 1, timestamp, step).message, "");
  mlpb::GetMetricHistoryRequest request;
  request.set_run_id(id);
  request.set_metric_key("m");
  mlpb::GetMetricHistoryResponse all;
  ASSERT_EQ(Call(&Stub::GetMetricHistory, request, &all).message, "");
  EXPECT_FALSE(all.has_next_page_token());
  request.set_max_results(2);
  std::vector<std::pair<std::int64_t, std::int64_t>> points;
  do {
    mlpb::GetMetricHistoryResponse page;
    ASSERT_EQ(Call(&Stub::GetMetricHistory, request, &page).message, "");
    for (const mlpb::Metric& metric : page.metrics()) points.emplace_back(metric.timestamp(), metric.step());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(points, testing::ElementsAre(std::pair(7, 5), std::pair(8, 2), std::pair(9, 0), std::pair(9, 1)));
  EXPECT_EQ(all.metrics_size(), 4);

  mlpb::GetMetricHistoryResponse none;
  request.set_run_id("zz");
  EXPECT_EQ(Call(&Stub::GetMetricHistory, request, &none).message, "");
  request.set_page_token("zz");
  EXPECT_EQ(Call(&Stub::GetMetricHistory, request, &none).message, "Invalid page token, could not base64-decode");
  request.set_max_results(0);
  EXPECT_EQ(Call(&Stub::GetMetricHistory, request, &none).message,
            "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer.");
}

TEST_F(MlflowTrackingTest, HistoriesOfManyRunsComeTogether) {
  std::vector<std::string> runs = {NewRun().info().run_id(), NewRun().info().run_id()};
  std::sort(runs.begin(), runs.end());
  for (const std::string& run : runs) {
    for (int step = 0; step < 13; ++step) ASSERT_EQ(LogMetric(run, "m", step, 1, step).message, "");
  }
  mlpb::GetMetricHistoryBulkRequest bulk;
  mlpb::GetMetricHistoryBulkResponse history;
  EXPECT_THAT(Call(&Stub::GetMetricHistoryBulk, bulk, &history).message, HasSubstr("at least one run_id"));
  for (const std::string& run : {runs[1], runs[0], std::string("zz")}) bulk.add_run_id(run);
  EXPECT_THAT(Call(&Stub::GetMetricHistoryBulk, bulk, &history).message, HasSubstr("must specify a metric_key"));
  bulk.set_metric_key("m");
  bulk.set_max_results(15);
  ASSERT_EQ(Call(&Stub::GetMetricHistoryBulk, bulk, &history).message, "");
  ASSERT_EQ(history.metrics_size(), 15);
  EXPECT_EQ(history.metrics(0).run_id(), runs[0]);
  EXPECT_EQ(history.metrics(14).run_id(), runs[1]);
  EXPECT_EQ(history.metrics(14).step(), 1);

  mlpb::GetMetricHistoryBulkIntervalRequest interval;
  mlpb::GetMetricHistoryBulkIntervalResponse sample;
  interval.add_run_ids(runs[0]);
  interval.set_metric_key("m");
  interval.set_max_results(3);
  ASSERT_EQ(Call(&Stub::GetMetricHistoryBulkInterval, interval, &sample).message, "");
  ASSERT_EQ(sample.metrics_size(), 3);
  EXPECT_EQ(sample.metrics(1).step(), 5);
  interval.set_start_step(2);
  EXPECT_EQ(Call(&Stub::GetMetricHistoryBulkInterval, interval, &sample).message,
            "If either start step or end step are specified, both must be specified.");
  interval.set_end_step(3);
  ASSERT_EQ(Call(&Stub::GetMetricHistoryBulkInterval, interval, &sample).message, "");
  EXPECT_EQ(sample.metrics_size(), 2);
}

TEST_F(MlflowTrackingTest, ALoggedModelGoesItsWay) {
  const std::string run = NewRun().info().run_id();
  mlpb::CreateLoggedModelRequest create;
  create.set_experiment_id("0");
  create.set_name("a.b");
  mlpb::CreateLoggedModelResponse created;
  EXPECT_EQ(
      Call(&Stub::CreateLoggedModel, create, &created).message,
      "Invalid model name ('a.b') provided. Model name must be a non-empty string and cannot contain the following characters: "
      "('/', ':', '.', '%', '\"', \"'\")");
  create.set_name("pump");
  create.set_source_run_id(run);
  ASSERT_EQ(Call(&Stub::CreateLoggedModel, create, &created).message, "");
  const std::string id = created.model().info().model_id();
  EXPECT_EQ(created.model().info().status(), mlpb::LOGGED_MODEL_PENDING);

  mlpb::LogOutputsRequest outputs;
  outputs.set_run_id(run);
  outputs.add_models()->set_model_id(id);
  mlpb::LogOutputsResponse logged;
  ASSERT_EQ(Call(&Stub::LogOutputs, outputs, &logged).message, "");
  mlpb::LogMetricRequest metric;
  metric.set_run_id(run);
  metric.set_key("rmse");
  metric.set_value(2);
  metric.set_timestamp(1);
  metric.set_model_id(id);
  metric.set_dataset_name("pumps");
  mlpb::LogMetricResponse measured;
  EXPECT_EQ(Call(&Stub::LogMetric, metric, &measured).message,
            "Both dataset_name and dataset_digest must be provided if one is provided");
  metric.set_dataset_digest("d1");
  ASSERT_EQ(Call(&Stub::LogMetric, metric, &measured).message, "");
  metric.set_model_id("m-zz");
  EXPECT_EQ(Call(&Stub::LogMetric, metric, &measured).error_code, kBadRequest);

  mlpb::FinalizeLoggedModelRequest finalize;
  finalize.set_model_id(id);
  finalize.set_status(mlpb::LOGGED_MODEL_READY);
  mlpb::FinalizeLoggedModelResponse finalized;
  ASSERT_EQ(Call(&Stub::FinalizeLoggedModel, finalize, &finalized).message, "");
  EXPECT_EQ(finalized.model().info().status(), mlpb::LOGGED_MODEL_READY);
  ASSERT_EQ(finalized.model().data().metrics_size(), 1);
  EXPECT_EQ(finalized.model().data().metrics(0).dataset_digest(), "d1");
  EXPECT_EQ(Get(run).outputs().model_outputs(0).model_id(), id);

  mlpb::DeleteLoggedModelRequest drop;
  drop.set_model_id(id);
  mlpb::DeleteLoggedModelResponse dropped;
  ASSERT_EQ(Call(&Stub::DeleteLoggedModel, drop, &dropped).message, "");
  mlpb::GetLoggedModelRequest get;
  get.set_model_id(id);
  mlpb::GetLoggedModelResponse got;
  EXPECT_EQ(Call(&Stub::GetLoggedModel, get, &got).message, "Logged model with ID '" + id + "' not found.");
  get.set_allow_deleted("True");
  EXPECT_EQ(Call(&Stub::GetLoggedModel, get, &got).message, "");
}

TEST_F(MlflowTrackingTest, SearchesAnswerWithInputsAndOutputs) {
  const std::string experiment = Experiment("search");
  const std::string run = NewRun(experiment).info().run_id();
  NewRun(experiment);
  ASSERT_EQ(LogMetric(run, "rmse", 0.5, 1).message, "");
  mlpb::LogInputsRequest inputs;
  inputs.set_run_id(run);
  inputs.add_models()->set_model_id("m-1");
  mlpb::Dataset* dataset = inputs.add_datasets()->mutable_dataset();
  dataset->set_name("pumps");
  dataset->set_digest("d1");
  mlpb::LogInputsResponse logged;
  ASSERT_EQ(Call(&Stub::LogInputs, inputs, &logged).message, "");

  mlpb::SearchRunsRequest request;
  request.add_experiment_ids(experiment);
  request.set_filter("metrics.rmse < 1");
  mlpb::SearchRunsResponse reply;
  ASSERT_EQ(Call(&Stub::SearchRuns, request, &reply).message, "");
  ASSERT_EQ(reply.runs_size(), 1);
  EXPECT_EQ(reply.runs(0).inputs().dataset_inputs(0).dataset().name(), "pumps");
  EXPECT_EQ(reply.runs(0).inputs().model_inputs_size(), 0);
  EXPECT_EQ(Get(run).inputs().model_inputs_size(), 1);
  request.set_max_results(0);
  EXPECT_EQ(Call(&Stub::SearchRuns, request, &reply).message,
            "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer");

  mlpb::SearchExperimentsRequest all;
  all.set_max_results(1);
  mlpb::SearchExperimentsResponse found;
  ASSERT_EQ(Call(&Stub::SearchExperiments, all, &found).message, "");
  EXPECT_EQ(found.experiments(0).name(), "search");
  EXPECT_TRUE(found.has_next_page_token());
}

TEST_F(MlflowTrackingTest, AResetIsRefusedWithoutTheSetting) {
  ResetService refused(reset_, false);
  rpc::TestServer server({&refused});
  const auto stub = v1::TrackerResetService::NewStub(server.ChannelAs(rpc::TestCaller(auth::Role::kAdmin)));
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Seconds(30));
  v1::ResetTrackingResponse reply;
  EXPECT_EQ(stub->ResetTracking(&context, {}, &reply).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(MlflowTrackingTest, AnAdministratorEmptiesTheTracker) {
  const std::string run = NewRun().info().run_id();
  rpc::TestServer server({&allowed_});
  v1::ResetTrackingResponse reply;
  for (const auto& [role, code] :
       {std::pair{auth::Role::kEngineer, grpc::StatusCode::PERMISSION_DENIED}, {auth::Role::kAdmin, grpc::StatusCode::OK}}) {
    const auto stub = v1::TrackerResetService::NewStub(server.ChannelAs(rpc::TestCaller(role)));
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(30));
    EXPECT_EQ(stub->ResetTracking(&context, {}, &reply).error_code(), code);
  }
  mlpb::GetRunRequest get;
  get.set_run_id(run);
  mlpb::GetRunResponse got;
  EXPECT_EQ(Call(&Stub::GetRun, get, &got).code, grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace millwright::tracker
