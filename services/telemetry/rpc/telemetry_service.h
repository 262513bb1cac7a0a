#pragma once

#include <functional>

#include "lib/auth/caller.h"
#include "millwright/telemetry/v1/telemetry.grpc.pb.h"
#include "telemetry/domain/stores.h"

namespace millwright::telemetry {

/// Assets, samples and events over gRPC.
class TelemetryService : public v1::TelemetryService::Service {
 public:
  TelemetryService(AssetStore& assets, SampleStore& samples, EventStore& events)
      : assets_(assets), samples_(samples), events_(events) {}

  grpc::Status PutAsset(grpc::ServerContext* context, const v1::PutAssetRequest* request, v1::Asset* reply) override;
  grpc::Status GetAsset(grpc::ServerContext* context, const v1::GetAssetRequest* request, v1::Asset* reply) override;
  grpc::Status ListAssets(grpc::ServerContext* context, const v1::ListAssetsRequest* request,
                          v1::ListAssetsResponse* reply) override;
  grpc::Status WriteSamples(grpc::ServerContext* context, const v1::WriteSamplesRequest* request,
                            v1::WriteSamplesResponse* reply) override;
  grpc::Status StreamSamples(grpc::ServerContext* context,
                             grpc::ServerReaderWriter<v1::WriteSamplesResponse, v1::WriteSamplesRequest>* stream) override;
  grpc::Status QuerySamples(grpc::ServerContext* context, const v1::QuerySamplesRequest* request,
                            grpc::ServerWriter<v1::SampleBatch>* writer) override;
  grpc::Status RecordEvents(grpc::ServerContext* context, const v1::RecordEventsRequest* request,
                            v1::RecordEventsResponse* reply) override;
  grpc::Status ListEvents(grpc::ServerContext* context, const v1::ListEventsRequest* request,
                          v1::ListEventsResponse* reply) override;

 private:
  absl::Status Write(const base::WorkspaceId& workspace, const v1::WriteSamplesRequest& request, v1::WriteSamplesResponse& reply);
  absl::Status SendAsset(const base::WorkspaceId& workspace, const SampleQuery& query,
                         grpc::ServerWriter<v1::SampleBatch>& writer);
  absl::Status SendEveryAsset(const base::WorkspaceId& workspace, SampleQuery query, grpc::ServerWriter<v1::SampleBatch>& writer);

  AssetStore& assets_;
  SampleStore& samples_;
  EventStore& events_;
};

}  // namespace millwright::telemetry
