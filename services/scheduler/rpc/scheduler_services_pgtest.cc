#include <thread>

#include "lib/base/clock.h"
#include "lib/pg/listener.h"
#include "lib/rpc/client.h"
#include "lib/rpc/convert.h"
#include "lib/rpc/test_server.h"
#include "scheduler/rpc/pipeline_service.h"
#include "scheduler/rpc/queue_service.h"
#include "scheduler/rpc/schedule_service.h"
#include "scheduler/rpc/study_service.h"
#include "scheduler/storage/run_graph.h"
#include "scheduler/storage/scheduler_pgtest.h"

namespace millwright::scheduler {
namespace {

using testing::HasSubstr;

class SchedulerServicesTest : public SchedulerPgTest {
 protected:
  template <typename Stub, typename Request, typename Reply>
  grpc::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*), Stub& stub,
                    const Request& request, Reply* reply) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(20));
    return (stub.*method)(&context, request, reply);
  }
  v1::PipelineRun Run(const std::string& pipeline) {
    v1::RunPipelineRequest request;
    request.set_name(pipeline);
    v1::PipelineRun run;
    const grpc::Status status = Call(&v1::PipelineService::Stub::RunPipeline, *pipelines_stub_, request, &run);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return run;
  }
  v1::LeaseTaskResponse LeaseOne(int wait_seconds) {
    v1::LeaseTaskRequest request;
    request.set_worker("w1");
    for (const std::string& kind : kAllKinds) request.add_kinds(kind);
    request.set_wait_seconds(wait_seconds);
    v1::LeaseTaskResponse reply;
    const grpc::Status status = Call(&v1::QueueService::Stub::LeaseTask, *queue_stub_, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return reply;
  }
  grpc::Status CompleteTask(const v1::Task& task, const nlohmann::json& outputs, int attempt = 1) {
    v1::CompleteTaskRequest request;
    request.set_task_id(task.task_id());
    request.set_attempt(attempt);
    *request.mutable_outputs() = rpc::ToStruct(outputs);
    v1::CompleteTaskResponse reply;
    return Call(&v1::QueueService::Stub::CompleteTask, *queue_stub_, request, &reply);
  }

  const base::Clock& clock_ = base::SystemClock();
  Signal tasks_changed_, runs_changed_;
  PipelineService pipeline_service_{pipelines_, runs_, runs_changed_, clock_};
  ScheduleService schedule_service_{schedules_, clock_};
  StudyService study_service_{studies_};
  QueueService queue_service_{queue_, tasks_changed_, clock_};
  rpc::TestServer server_{{&pipeline_service_, &schedule_service_, &study_service_, &queue_service_}};
  std::shared_ptr<grpc::Channel> engineer_ = server_.ChannelAs(rpc::TestCaller());
  std::unique_ptr<v1::PipelineService::Stub> pipelines_stub_ = v1::PipelineService::NewStub(engineer_);
  std::unique_ptr<v1::ScheduleService::Stub> schedules_stub_ = v1::ScheduleService::NewStub(engineer_);
  std::unique_ptr<v1::StudyService::Stub> studies_stub_ = v1::StudyService::NewStub(engineer_);
  std::unique_ptr<v1::QueueService::Stub> queue_stub_ =
      v1::QueueService::NewStub(server_.ChannelAs(rpc::TestCaller(auth::Role::kWorker)));
  pg::Listener tasks_listener_{db(), kTasksChannel, [this] { tasks_changed_.Raise(); }, absl::Seconds(30)};
  pg::Listener runs_listener_{db(), kRunsChannel, [this] { runs_changed_.Raise(); }, absl::Seconds(30)};
};

TEST_F(SchedulerServicesTest, WatcherSeesTheRunToItsEnd) {
  const v1::PipelineRun run = Run("chain");
  EXPECT_EQ(run.state(), v1::STATE_WAITING);
  EXPECT_EQ(run.created_by(), rpc::TestCaller().subject);
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Seconds(20));
  v1::GetPipelineRunRequest request;
  request.set_pipeline_run_id(run.pipeline_run_id());
  const auto reader = pipelines_stub_->WatchPipelineRun(&context, request);
  v1::PipelineRun seen;
  ASSERT_TRUE(reader->Read(&seen));
  EXPECT_EQ(seen.steps_size(), 2);
  ASSERT_TRUE(CompleteTask(LeaseOne(5).task(), {{"id", "a"}}).ok());
  ASSERT_TRUE(CompleteTask(LeaseOne(5).task(), nlohmann::json::object()).ok());
  while (reader->Read(&seen)) {
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(seen.state(), v1::STATE_SUCCEEDED);
  EXPECT_EQ(seen.outputs().fields().at("id").string_value(), "a");

  // Who comes after the end is told of it too.
  grpc::ClientContext late_context;
  rpc::Prepare(late_context, absl::Seconds(20));
  const auto late = pipelines_stub_->WatchPipelineRun(&late_context, request);
  v1::PipelineRun end;
  ASSERT_TRUE(late->Read(&end));
  EXPECT_EQ(end.state(), v1::STATE_SUCCEEDED);
  EXPECT_FALSE(late->Read(&end));
  EXPECT_TRUE(late->Finish().ok());
}

TEST_F(SchedulerServicesTest, WaitingWorkerGetsATaskAsSoonAsItIsThere) {
  EXPECT_FALSE(LeaseOne(0).has_task());
  v1::LeaseTaskResponse leased;
  std::thread worker([&] { leased = LeaseOne(15); });
  Run("chain");
  worker.join();
  ASSERT_TRUE(leased.has_task());
  EXPECT_EQ(leased.task().kind(), "build_dataset");
  EXPECT_EQ(leased.task().lease_seconds(), 30);
  EXPECT_EQ(leased.task().spec().fields().at("rows").number_value(), 1);
}

TEST_F(SchedulerServicesTest, StaleAttemptIsFencedAndARetryIsNot) {
  Run("chain");
  const v1::Task task = LeaseOne(5).task();
  const grpc::Status stale = CompleteTask(task, {{"id", "a"}}, 7);
  EXPECT_EQ(stale.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(stale.error_message(), HasSubstr("attempt 7 was fenced"));
  EXPECT_TRUE(CompleteTask(task, {{"id", "a"}}).ok());
  EXPECT_TRUE(CompleteTask(task, {{"id", "a"}}).ok());
}

TEST_F(SchedulerServicesTest, RolesAreHeld) {
  v1::LeaseTaskResponse leased;
  auto as_engineer = v1::QueueService::NewStub(engineer_);
  EXPECT_EQ(Call(&v1::QueueService::Stub::LeaseTask, *as_engineer, v1::LeaseTaskRequest(), &leased).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  v1::PipelineRun run;
  auto as_viewer = v1::PipelineService::NewStub(server_.ChannelAs(rpc::TestCaller(auth::Role::kViewer)));
  EXPECT_EQ(Call(&v1::PipelineService::Stub::RunPipeline, *as_viewer, v1::RunPipelineRequest(), &run).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  auto as_nobody = v1::PipelineService::NewStub(server_.AnonymousChannel());
  EXPECT_EQ(Call(&v1::PipelineService::Stub::RunPipeline, *as_nobody, v1::RunPipelineRequest(), &run).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(SchedulerServicesTest, AnotherWorkspaceFindsNothing) {
  v1::GetPipelineRunRequest request;
  request.set_pipeline_run_id(Run("search").pipeline_run_id());
  const auto stranger = server_.ChannelAs(rpc::TestCaller(auth::Role::kAdmin, "2"));
  auto pipelines = v1::PipelineService::NewStub(stranger);
  v1::PipelineRun run;
  EXPECT_EQ(Call(&v1::PipelineService::Stub::GetPipelineRun, *pipelines, request, &run).error_code(),
            grpc::StatusCode::NOT_FOUND);
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Seconds(20));
  EXPECT_EQ(pipelines->WatchPipelineRun(&context, request)->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
  auto studies = v1::StudyService::NewStub(stranger);
  v1::ListStudiesResponse none, mine;
  ASSERT_TRUE(Call(&v1::StudyService::Stub::ListStudies, *studies, v1::ListStudiesRequest(), &none).ok());
  ASSERT_TRUE(Call(&v1::StudyService::Stub::ListStudies, *studies_stub_, v1::ListStudiesRequest(), &mine).ok());
  EXPECT_EQ(none.studies_size(), 0);
  ASSERT_EQ(mine.studies_size(), 1);
  v1::GetStudyRequest get;
  get.set_study_id(mine.studies(0).study_id());
  v1::Study study;
  EXPECT_EQ(Call(&v1::StudyService::Stub::GetStudy, *studies, get, &study).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_TRUE(Call(&v1::StudyService::Stub::GetStudy, *studies_stub_, get, &study).ok());
  EXPECT_EQ(study.space(0).float_().high(), 1);
}

TEST_F(SchedulerServicesTest, FormIsCheckedAndErrorsNameTheField) {
  v1::Pipeline pipeline;
  v1::PutPipelineRequest put;
  put.set_definition("name: x\nsteps: [{id: a, task: nothing}]");
  const grpc::Status bad = Call(&v1::PipelineService::Stub::PutPipeline, *pipelines_stub_, put, &pipeline);
  EXPECT_EQ(bad.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(bad.error_message(), HasSubstr("steps[0].task: \"nothing\" is not a task"));

  v1::ListPipelinesRequest list;
  v1::ListPipelinesResponse listed;
  list.set_page_size(1);
  ASSERT_TRUE(Call(&v1::PipelineService::Stub::ListPipelines, *pipelines_stub_, list, &listed).ok());
  EXPECT_EQ(listed.pipelines(0).name(), "chain");
  list.set_page_token(listed.next_page_token());
  listed.Clear();
  ASSERT_TRUE(Call(&v1::PipelineService::Stub::ListPipelines, *pipelines_stub_, list, &listed).ok());
  EXPECT_EQ(listed.pipelines(0).name(), "search");
  EXPECT_EQ(listed.pipelines(0).parameters_size(), 2);
  list.set_page_token("nonsense");
  EXPECT_EQ(Call(&v1::PipelineService::Stub::ListPipelines, *pipelines_stub_, list, &listed).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);

  v1::CreateScheduleRequest create;
  create.set_name("a b");
  create.set_pipeline("chain");
  create.set_cron("0 3 * * *");
  v1::Schedule schedule;
  EXPECT_THAT(Call(&v1::ScheduleService::Stub::CreateSchedule, *schedules_stub_, create, &schedule).error_message(),
              HasSubstr("name: \"a b\""));
  create.set_name("nightly");
  create.set_time_zone("Asia/Seoul");
  ASSERT_TRUE(Call(&v1::ScheduleService::Stub::CreateSchedule, *schedules_stub_, create, &schedule).ok());
  EXPECT_EQ(schedule.time_zone(), "Asia/Seoul");
  EXPECT_TRUE(schedule.has_next_at());
}

TEST_F(SchedulerServicesTest, StoppingEndsTheWaits) {
  std::thread worker([&] { EXPECT_FALSE(LeaseOne(20).has_task()); });
  tasks_changed_.Stop();
  worker.join();
}

}  // namespace
}  // namespace millwright::scheduler
