#include "scheduler/rpc/pipeline_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"
#include "scheduler/rpc/convert.h"
#include "scheduler/rpc/page.h"

namespace millwright::scheduler {

grpc::Status PipelineService::PutPipeline(grpc::ServerContext* context, const v1::PutPipelineRequest* request,
                                          v1::Pipeline* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Pipeline pipeline, pipelines_.Put(workspace, request->definition(), caller.subject, clock_.Now()));
    *reply = ToProto(pipeline);
    return absl::OkStatus();
  });
}

grpc::Status PipelineService::GetPipeline(grpc::ServerContext* context, const v1::GetPipelineRequest* request,
                                          v1::Pipeline* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Pipeline pipeline, pipelines_.Get(workspace, request->name()));
    *reply = ToProto(pipeline);
    return absl::OkStatus();
  });
}

grpc::Status PipelineService::ListPipelines(grpc::ServerContext* context, const v1::ListPipelinesRequest* request,
                                            v1::ListPipelinesResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), 100, 1000));
    ASSIGN_OR_RETURN(const std::string after, NameCursor(request->page_token()));
    ASSIGN_OR_RETURN(const std::vector<Pipeline> pipelines, pipelines_.List(workspace, after, size));
    for (const Pipeline& pipeline : pipelines) *reply->add_pipelines() = ToProto(pipeline);
    if (static_cast<int>(pipelines.size()) == size)
      reply->set_next_page_token(rpc::EncodePageToken({pipelines.back().definition.name}));
    return absl::OkStatus();
  });
}

grpc::Status PipelineService::RunPipeline(grpc::ServerContext* context, const v1::RunPipelineRequest* request,
                                          v1::PipelineRun* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    RunRequest run{
        .pipeline = request->name(), .trigger = "manual", .created_by = caller.subject, .request_id = request->request_id()};
    ASSIGN_OR_RETURN(run.workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(run.parameters, rpc::ToJson(request->parameters(), "parameters"));
    if (!run.request_id.empty()) RETURN_IF_ERROR(CheckText("request_id", run.request_id));
    ASSIGN_OR_RETURN(const PipelineRun started, runs_.Start(run, clock_.Now()));
    *reply = ToProto(started);
    return absl::OkStatus();
  });
}

grpc::Status PipelineService::GetPipelineRun(grpc::ServerContext* context, const v1::GetPipelineRunRequest* request,
                                             v1::PipelineRun* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const PipelineRun run, runs_.Get(workspace, PipelineRunId(request->pipeline_run_id())));
    *reply = ToProto(run);
    return absl::OkStatus();
  });
}

grpc::Status PipelineService::ListPipelineRuns(grpc::ServerContext* context, const v1::ListPipelineRunsRequest* request,
                                               v1::ListPipelineRunsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), 100, 1000));
    ASSIGN_OR_RETURN(const std::optional<RunCursor> after, TimeCursor(request->page_token()));
    ASSIGN_OR_RETURN(const std::vector<PipelineRun> runs, runs_.List(workspace, request->name(), after, size));
    for (const PipelineRun& run : runs) *reply->add_pipeline_runs() = ToProto(run);
    if (static_cast<int>(runs.size()) == size)
      reply->set_next_page_token(TimeToken(runs.back().created_at, runs.back().id.value()));
    return absl::OkStatus();
  });
}

grpc::Status PipelineService::WatchPipelineRun(grpc::ServerContext* context, const v1::GetPipelineRunRequest* request,
                                               grpc::ServerWriter<v1::PipelineRun>* writer) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    std::string last;
    while (!context->IsCancelled()) {
      const std::uint64_t seen = runs_changed_.version();
      ASSIGN_OR_RETURN(const PipelineRun run, runs_.Get(workspace, PipelineRunId(request->pipeline_run_id())));
      const v1::PipelineRun message = ToProto(run);
      std::string text = message.SerializeAsString();
      if (text != last && !writer->Write(message)) break;
      last = std::move(text);
      if (IsFinal(run.state)) return absl::OkStatus();
      if (runs_changed_.is_stopped()) return absl::UnavailableError("the scheduler is shutting down; watch again");
      runs_changed_.Wait(seen, absl::Seconds(1));
    }
    return absl::CancelledError("the caller went away");
  });
}

grpc::Status PipelineService::CancelPipelineRun(grpc::ServerContext* context, const v1::CancelPipelineRunRequest* request,
                                                v1::PipelineRun* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const PipelineRun run, runs_.Cancel(workspace, PipelineRunId(request->pipeline_run_id()), clock_.Now()));
    *reply = ToProto(run);
    return absl::OkStatus();
  });
}

}  // namespace millwright::scheduler
