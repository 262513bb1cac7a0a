#pragma once

#include "millwright/tracker/v1/tracker.grpc.pb.h"
#include "tracker/domain/artifact_store.h"

namespace millwright::tracker {

/// Dataset versions over gRPC.
class DatasetService : public v1::DatasetService::Service {
 public:
  explicit DatasetService(DatasetStore& datasets) : datasets_(datasets) {}

  grpc::Status CreateDatasetVersion(grpc::ServerContext* context, const v1::CreateDatasetVersionRequest* request,
                                    v1::DatasetVersion* reply) override;
  grpc::Status GetDatasetVersion(grpc::ServerContext* context, const v1::GetDatasetVersionRequest* request,
                                 v1::DatasetVersion* reply) override;
  grpc::Status ListDatasetVersions(grpc::ServerContext* context, const v1::ListDatasetVersionsRequest* request,
                                   v1::ListDatasetVersionsResponse* reply) override;
  grpc::Status ListDatasets(grpc::ServerContext* context, const v1::ListDatasetsRequest* request,
                            v1::ListDatasetsResponse* reply) override;
  grpc::Status CompareDatasetVersions(grpc::ServerContext* context, const v1::CompareDatasetVersionsRequest* request,
                                      v1::CompareDatasetVersionsResponse* reply) override;

 private:
  DatasetStore& datasets_;
};

}  // namespace millwright::tracker
