#pragma once

#include "millwright/scheduler/v1/scheduler.grpc.pb.h"
#include "scheduler/storage/pg_studies.h"

namespace millwright::scheduler {

/// Hyperparameter studies, for readers.
class StudyService final : public v1::StudyService::Service {
 public:
  explicit StudyService(PgStudies& studies) : studies_(studies) {}

  grpc::Status GetStudy(grpc::ServerContext* context, const v1::GetStudyRequest* request, v1::Study* reply) override;
  grpc::Status ListStudies(grpc::ServerContext* context, const v1::ListStudiesRequest* request,
                           v1::ListStudiesResponse* reply) override;
  grpc::Status ListTrials(grpc::ServerContext* context, const v1::ListTrialsRequest* request,
                          v1::ListTrialsResponse* reply) override;

 private:
  PgStudies& studies_;
};

}  // namespace millwright::scheduler
