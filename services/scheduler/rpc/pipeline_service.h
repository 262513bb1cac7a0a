#pragma once

#include "lib/base/clock.h"
#include "millwright/scheduler/v1/scheduler.grpc.pb.h"
#include "scheduler/rpc/signal.h"
#include "scheduler/storage/pg_pipelines.h"
#include "scheduler/storage/pg_runs.h"

namespace millwright::scheduler {

/// Pipelines and their runs. `runs_changed` wakes the watchers.
class PipelineService final : public v1::PipelineService::Service {
 public:
  PipelineService(PgPipelines& pipelines, PgRuns& runs, const Signal& runs_changed, const base::Clock& clock)
      : pipelines_(pipelines), runs_(runs), runs_changed_(runs_changed), clock_(clock) {}

  grpc::Status PutPipeline(grpc::ServerContext* context, const v1::PutPipelineRequest* request, v1::Pipeline* reply) override;
  grpc::Status GetPipeline(grpc::ServerContext* context, const v1::GetPipelineRequest* request, v1::Pipeline* reply) override;
  grpc::Status ListPipelines(grpc::ServerContext* context, const v1::ListPipelinesRequest* request,
                             v1::ListPipelinesResponse* reply) override;
  grpc::Status RunPipeline(grpc::ServerContext* context, const v1::RunPipelineRequest* request, v1::PipelineRun* reply) override;
  grpc::Status GetPipelineRun(grpc::ServerContext* context, const v1::GetPipelineRunRequest* request,
                              v1::PipelineRun* reply) override;
  grpc::Status ListPipelineRuns(grpc::ServerContext* context, const v1::ListPipelineRunsRequest* request,
                                v1::ListPipelineRunsResponse* reply) override;
  grpc::Status WatchPipelineRun(grpc::ServerContext* context, const v1::GetPipelineRunRequest* request,
                                grpc::ServerWriter<v1::PipelineRun>* writer) override;
  grpc::Status CancelPipelineRun(grpc::ServerContext* context, const v1::CancelPipelineRunRequest* request,
                                 v1::PipelineRun* reply) override;

 private:
  PgPipelines& pipelines_;
  PgRuns& runs_;
  const Signal& runs_changed_;
  const base::Clock& clock_;
};

}  // namespace millwright::scheduler
