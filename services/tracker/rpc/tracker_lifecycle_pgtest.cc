#include <gmock/gmock.h>

#include <limits>

#include "lib/base/clock.h"
#include "lib/pg/database_test.h"
#include "lib/rpc/client.h"
#include "lib/rpc/test_server.h"
#include "migrations.h"
#include "tracker/rpc/tracker_service.h"
#include "tracker/storage/pg_experiment_store.h"
#include "tracker/storage/pg_run_store.h"
#include "tracker/storage/pg_search_store.h"

namespace millwright::tracker {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;
using Stub = v1::TrackerService::Stub;
const absl::Time kNoon = absl::FromUnixSeconds(1'700'000'000);

class TrackerLifecycleTest : public pg::DatabaseTest {
 protected:
  TrackerLifecycleTest() : DatabaseTest({{"tracker", migrations()}}) {}

  template <typename Request, typename Reply>
  grpc::Status Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                    const Request& request, Reply* reply) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(30));
    return (stub.*method)(&context, request, reply);
  }
  std::unique_ptr<Stub> As(auth::Role role) { return v1::TrackerService::NewStub(server_.ChannelAs(rpc::TestCaller(role))); }
  v1::Run CreateRun(const v1::CreateRunRequest& request = {}) {
    v1::Run run;
    EXPECT_TRUE(Call(*ours_, &Stub::CreateRun, request, &run).ok());
    return run;
  }
  grpc::Status Stream(const std::vector<v1::LogMetricsRequest>& messages, v1::LogMetricsResponse* reply) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(30));
    const auto writer = ours_->LogMetrics(&context, reply);
    for (const v1::LogMetricsRequest& message : messages) writer->Write(message);
    writer->WritesDone();
    return writer->Finish();
  }

  base::ManualClock clock_{kNoon};
  PgExperimentStore experiments_{db()};
  PgRunStore runs_{db()};
  Tracker tracker_{experiments_, runs_, clock_};
  PgSearchStore search_store_{db()};
  Search search_{search_store_};
  TrackerService service_{tracker_, search_};
  rpc::TestServer server_{{&service_}};
  std::unique_ptr<Stub> ours_ = As(auth::Role::kEngineer);
};

v1::LogMetricsRequest Points(const std::string& run, int first, int count) {
  v1::LogMetricsRequest message;
  message.set_run_id(run);
  for (int step = first; step < first + count; ++step) {
    v1::Metric* metric = message.add_metrics();
    metric->set_key("loss");
    metric->set_value(step == 17 ? std::numeric_limits<double>::infinity() : 1.0 / (step + 1));
    metric->set_step(step);
    metric->set_timestamp_ms(1'700'000'000'000 + step);
  }
  return message;
}

TEST_F(TrackerLifecycleTest, AStreamIsAnsweredAfterAllOfItIsWritten) {
  const std::string run = CreateRun().run_id();
  const std::string other = CreateRun().run_id();
  std::vector<v1::LogMetricsRequest> messages;
  for (int i = 0; i < 40; ++i) messages.push_back(Points(i == 0 ? run : "", i * 500, 500));
  messages.push_back(Points(other, 0, 3));
  v1::LogMetricsResponse reply;
  ASSERT_TRUE(Stream(messages, &reply).ok());
  EXPECT_EQ(reply.metric_count(), 20'003);

  v1::GetMetricChartsRequest request;
  request.add_run_ids(run);
  request.add_run_ids(other);
  request.add_keys("loss");
  request.set_max_points(100);
  v1::GetMetricChartsResponse charts;
  ASSERT_TRUE(Call(*ours_, &Stub::GetMetricCharts, request, &charts).ok());
  ASSERT_EQ(charts.series_size(), 2);
  EXPECT_EQ(charts.series(0).point_count(), 20'000);
  EXPECT_LE(charts.series(0).values_size(), 100);
  EXPECT_THAT(charts.series(0).steps(), testing::Contains(17));
  EXPECT_EQ(charts.series(1).values_size(), 3);
  request.set_from(100);
  request.set_to(109);
  ASSERT_TRUE(Call(*ours_, &Stub::GetMetricCharts, request, &charts).ok());
  ASSERT_EQ(charts.series_size(), 1);
  EXPECT_EQ(charts.series(0).steps(0), 100);
  EXPECT_EQ(charts.series(0).values_size(), 10);
}

TEST_F(TrackerLifecycleTest, AStreamEndsWithTheErrorOfItsMessage) {
  const std::string run = CreateRun().run_id();
  v1::LogMetricsResponse reply;
  EXPECT_EQ(Stream({Points(std::string(32, 'a'), 0, 3)}, &reply).error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(Stream({Points("", 0, 3)}, &reply).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(Stream({Points(run, 0, 10'001)}, &reply).error_message(), HasSubstr("metrics: has 10001 entries; at most 10000"));
  EXPECT_TRUE(Stream({}, &reply).ok());
}

TEST_F(TrackerLifecycleTest, ARunCarriesItsParentUserNoteAndPlace) {
  v1::CreateRunRequest create;
  create.set_parent_run_id(CreateRun().run_id());
  create.set_user("grace");
  create.mutable_started_at()->set_seconds(1'600'000'000);
  const v1::Run child = CreateRun(create);
  EXPECT_EQ(child.parent_run_id(), create.parent_run_id());
  EXPECT_EQ(child.user(), "grace");
  EXPECT_EQ(child.started_at().seconds(), 1'600'000'000);
  EXPECT_EQ(child.artifact_uri(), "mlflow-artifacts:/0/" + child.run_id() + "/artifacts");
  v1::ListRunsRequest list;
  list.set_parent_run_id(create.parent_run_id());
  v1::ListRunsResponse nested;
  ASSERT_TRUE(Call(*ours_, &Stub::ListRuns, list, &nested).ok());
  ASSERT_EQ(nested.runs_size(), 1);
  EXPECT_EQ(nested.runs(0).run_id(), child.run_id());

  v1::UpdateRunRequest update;
  update.set_run_id(child.run_id());
  update.set_name("second try");
  update.set_note("with more trees");
  update.set_status(v1::RUN_STATUS_FINISHED);
  v1::Run run;
  ASSERT_TRUE(Call(*ours_, &Stub::UpdateRun, update, &run).ok());
  EXPECT_EQ(run.name(), "second try");
  EXPECT_EQ(run.note(), "with more trees");
  EXPECT_EQ(run.ended_at().seconds(), absl::ToUnixSeconds(kNoon));
  update.set_status(v1::RUN_STATUS_RUNNING);
  ASSERT_TRUE(Call(*ours_, &Stub::UpdateRun, update, &run).ok());
  EXPECT_FALSE(run.has_ended_at());
}

TEST_F(TrackerLifecycleTest, ANameAndItsTagThatDifferAreRefused) {
  v1::CreateRunRequest create;
  create.set_name("one");
  v1::KeyValue* tag = create.add_tags();
  tag->set_key("mlflow.runName");
  tag->set_value("two");
  v1::Run run;
  EXPECT_EQ(Call(*ours_, &Stub::CreateRun, create, &run).error_code(), StatusCode::INVALID_ARGUMENT);
  create.clear_name();
  ASSERT_TRUE(Call(*ours_, &Stub::CreateRun, create, &run).ok());
  EXPECT_EQ(run.name(), "two");
}

TEST_F(TrackerLifecycleTest, HeartbeatsKeepARunAlive) {
  v1::CreateRunRequest create;
  create.mutable_heartbeat_grace()->set_nanos(1);
  v1::Run run;
  EXPECT_EQ(Call(*ours_, &Stub::CreateRun, create, &run).error_code(), StatusCode::INVALID_ARGUMENT);
  create.mutable_heartbeat_grace()->set_nanos(0);
  create.mutable_heartbeat_grace()->set_seconds(60);
  v1::SendHeartbeatRequest beat;
  beat.set_run_id(CreateRun(create).run_id());
  clock_.Advance(absl::Seconds(50));
  v1::SendHeartbeatResponse beaten;
  ASSERT_TRUE(Call(*ours_, &Stub::SendHeartbeat, beat, &beaten).ok());
  EXPECT_EQ(beaten.lost_after().seconds(), absl::ToUnixSeconds(kNoon) + 110);
  clock_.Advance(absl::Seconds(59));
  EXPECT_EQ(*tracker_.FailLostRuns(), 0);
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(*tracker_.FailLostRuns(), 1);
  EXPECT_EQ(Call(*ours_, &Stub::SendHeartbeat, beat, &beaten).error_code(), StatusCode::FAILED_PRECONDITION);
  v1::GetRunRequest get;
  get.set_run_id(beat.run_id());
  ASSERT_TRUE(Call(*ours_, &Stub::GetRun, get, &run).ok());
  EXPECT_EQ(run.status(), v1::RUN_STATUS_FAILED);
  EXPECT_EQ(run.status_reason(), "lost");
}

TEST_F(TrackerLifecycleTest, OnlyAdminsPurgeAndOnlyWhatIsDeleted) {
  const std::string id = CreateRun().run_id();
  const auto admin = As(auth::Role::kAdmin);
  v1::PurgeRunRequest purge;
  purge.set_run_id(id);
  v1::PurgeRunResponse purged;
  EXPECT_EQ(Call(*ours_, &Stub::PurgeRun, purge, &purged).error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Call(*admin, &Stub::PurgeRun, purge, &purged).error_code(), StatusCode::FAILED_PRECONDITION);
  v1::DeleteRunRequest remove;
  remove.set_run_id(id);
  v1::Run run;
  ASSERT_TRUE(Call(*ours_, &Stub::DeleteRun, remove, &run).ok());
  EXPECT_TRUE(run.is_deleted());
  v1::LogBatchRequest log;
  log.set_run_id(id);
  log.add_metrics()->set_key("m");
  v1::LogBatchResponse logged;
  EXPECT_THAT(Call(*ours_, &Stub::LogBatch, log, &logged).error_message(), HasSubstr("must be in the 'active' state"));
  ASSERT_TRUE(Call(*admin, &Stub::PurgeRun, purge, &purged).ok());
  EXPECT_EQ(Call(*ours_, &Stub::DeleteRun, remove, &run).error_code(), StatusCode::NOT_FOUND);
}

TEST_F(TrackerLifecycleTest, AnExperimentGoesAndComesBack) {
  v1::CreateExperimentRequest create;
  create.set_name("plant/pumps");
  v1::KeyValue* tag = create.add_tags();
  tag->set_key("team");
  tag->set_value("a");
  v1::Experiment made;
  ASSERT_TRUE(Call(*ours_, &Stub::CreateExperiment, create, &made).ok());
  v1::UpdateExperimentRequest rename;
  rename.set_experiment_id(made.experiment_id());
  rename.set_name("plant/fans");
  v1::Experiment experiment;
  ASSERT_TRUE(Call(*ours_, &Stub::UpdateExperiment, rename, &experiment).ok());
  EXPECT_EQ(experiment.name(), "plant/fans");
  EXPECT_EQ(experiment.tags(0).value(), "a");
  v1::DeleteExperimentRequest remove;
  remove.set_experiment_id(made.experiment_id());
  ASSERT_TRUE(Call(*ours_, &Stub::DeleteExperiment, remove, &experiment).ok());
  v1::ListExperimentsRequest list;
  list.set_view(v1::LIFECYCLE_VIEW_DELETED);
  v1::ListExperimentsResponse deleted;
  ASSERT_TRUE(Call(*ours_, &Stub::ListExperiments, list, &deleted).ok());
  ASSERT_EQ(deleted.experiments_size(), 1);
  EXPECT_TRUE(deleted.experiments(0).is_deleted());
  v1::RestoreExperimentRequest restore;
  restore.set_experiment_id(made.experiment_id());
  ASSERT_TRUE(Call(*ours_, &Stub::RestoreExperiment, restore, &experiment).ok());
  EXPECT_FALSE(experiment.is_deleted());
}

}  // namespace
}  // namespace millwright::tracker
