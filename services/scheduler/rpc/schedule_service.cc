#include "scheduler/rpc/schedule_service.h"

#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"
#include "scheduler/rpc/convert.h"
#include "scheduler/rpc/page.h"

namespace millwright::scheduler {

grpc::Status ScheduleService::CreateSchedule(grpc::ServerContext* context, const v1::CreateScheduleRequest* request,
                                             v1::Schedule* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckName("name", request->name()));
    RETURN_IF_ERROR(CheckText("cron", request->cron(), 500));
    Schedule schedule{
        .name = request->name(), .pipeline = request->pipeline(), .cron = request->cron(), .time_zone = request->time_zone()};
    ASSIGN_OR_RETURN(schedule.parameters, rpc::ToJson(request->parameters(), "parameters"));
    ASSIGN_OR_RETURN(const Schedule created, schedules_.Create(workspace, schedule, caller.subject, clock_.Now()));
    *reply = ToProto(created);
    return absl::OkStatus();
  });
}

grpc::Status ScheduleService::GetSchedule(grpc::ServerContext* context, const v1::GetScheduleRequest* request,
                                          v1::Schedule* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Schedule schedule, schedules_.Get(workspace, request->name()));
    *reply = ToProto(schedule);
    return absl::OkStatus();
  });
}

grpc::Status ScheduleService::ListSchedules(grpc::ServerContext* context, const v1::ListSchedulesRequest* request,
                                            v1::ListSchedulesResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), 100, 1000));
    ASSIGN_OR_RETURN(const std::string after, NameCursor(request->page_token()));
    ASSIGN_OR_RETURN(const std::vector<Schedule> schedules, schedules_.List(workspace, after, size));
    for (const Schedule& schedule : schedules) *reply->add_schedules() = ToProto(schedule);
    if (static_cast<int>(schedules.size()) == size) reply->set_next_page_token(rpc::EncodePageToken({schedules.back().name}));
    return absl::OkStatus();
  });
}

grpc::Status ScheduleService::UpdateSchedule(grpc::ServerContext* context, const v1::UpdateScheduleRequest* request,
                                             v1::Schedule* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Schedule schedule,
                     schedules_.SetPaused(workspace, request->name(), request->is_paused(), clock_.Now()));
    *reply = ToProto(schedule);
    return absl::OkStatus();
  });
}

grpc::Status ScheduleService::DeleteSchedule(grpc::ServerContext* context, const v1::DeleteScheduleRequest* request,
                                             v1::DeleteScheduleResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    return schedules_.Delete(workspace, request->name());
  });
}

}  // namespace millwright::scheduler
