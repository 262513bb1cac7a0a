#pragma once

#include "lib/base/clock.h"
#include "millwright/scheduler/v1/scheduler.grpc.pb.h"
#include "scheduler/rpc/signal.h"
#include "scheduler/storage/pg_queue.h"

namespace millwright::scheduler {

/// The queue as workers see it. `tasks_changed` wakes the calls that wait for a task.
class QueueService final : public v1::QueueService::Service {
 public:
  QueueService(PgQueue& queue, const Signal& tasks_changed, const base::Clock& clock)
      : queue_(queue), tasks_changed_(tasks_changed), clock_(clock) {}

  grpc::Status LeaseTask(grpc::ServerContext* context, const v1::LeaseTaskRequest* request,
                         v1::LeaseTaskResponse* reply) override;
  grpc::Status RenewLease(grpc::ServerContext* context, const v1::RenewLeaseRequest* request,
                          v1::RenewLeaseResponse* reply) override;
  grpc::Status CompleteTask(grpc::ServerContext* context, const v1::CompleteTaskRequest* request,
                            v1::CompleteTaskResponse* reply) override;
  grpc::Status FailTask(grpc::ServerContext* context, const v1::FailTaskRequest* request, v1::FailTaskResponse* reply) override;
  grpc::Status ReleaseTask(grpc::ServerContext* context, const v1::ReleaseTaskRequest* request,
                           v1::ReleaseTaskResponse* reply) override;
  grpc::Status ReportTrial(grpc::ServerContext* context, const v1::ReportTrialRequest* request,
                           v1::ReportTrialResponse* reply) override;

 private:
  PgQueue& queue_;
  const Signal& tasks_changed_;
  const base::Clock& clock_;
};

}  // namespace millwright::scheduler
