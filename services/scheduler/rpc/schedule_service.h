#pragma once

#include "lib/base/clock.h"
#include "millwright/scheduler/v1/scheduler.grpc.pb.h"
#include "scheduler/storage/pg_schedules.h"

namespace millwright::scheduler {

/// Cron schedules.
class ScheduleService final : public v1::ScheduleService::Service {
 public:
  ScheduleService(PgSchedules& schedules, const base::Clock& clock) : schedules_(schedules), clock_(clock) {}

  grpc::Status CreateSchedule(grpc::ServerContext* context, const v1::CreateScheduleRequest* request,
                              v1::Schedule* reply) override;
  grpc::Status GetSchedule(grpc::ServerContext* context, const v1::GetScheduleRequest* request, v1::Schedule* reply) override;
  grpc::Status ListSchedules(grpc::ServerContext* context, const v1::ListSchedulesRequest* request,
                             v1::ListSchedulesResponse* reply) override;
  grpc::Status UpdateSchedule(grpc::ServerContext* context, const v1::UpdateScheduleRequest* request,
                              v1::Schedule* reply) override;
  grpc::Status DeleteSchedule(grpc::ServerContext* context, const v1::DeleteScheduleRequest* request,
                              v1::DeleteScheduleResponse* reply) override;

 private:
  PgSchedules& schedules_;
  const base::Clock& clock_;
};

}  // namespace millwright::scheduler
