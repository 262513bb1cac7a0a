#include "telemetry/rpc/telemetry_service.h"

#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/server.h"
#include "telemetry/rpc/convert.h"

namespace millwright::telemetry {

grpc::Status TelemetryService::PutAsset(grpc::ServerContext* context, const v1::PutAssetRequest* request, v1::Asset* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const AssetId id, ParseAssetId("asset_id", request->asset_id()));
    const std::vector<Sensor> sensors = ReadSensors(*request);
    RETURN_IF_ERROR(CheckAsset(request->asset_type(), sensors));
    ASSIGN_OR_RETURN(const Asset asset, assets_.Put(workspace, id, request->asset_type(), sensors));
    *reply = ToProto(asset);
    return absl::OkStatus();
  });
}

grpc::Status TelemetryService::GetAsset(grpc::ServerContext* context, const v1::GetAssetRequest* request, v1::Asset* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const AssetId id, ParseAssetId("asset_id", request->asset_id()));
    ASSIGN_OR_RETURN(const Asset asset, assets_.Get(workspace, id));
    *reply = ToProto(asset);
    return absl::OkStatus();
  });
}

grpc::Status TelemetryService::ListAssets(grpc::ServerContext* context, const v1::ListAssetsRequest* request,
                                          v1::ListAssetsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const AssetQuery query, FromProto(*request));
    ASSIGN_OR_RETURN(const std::vector<Asset> assets, assets_.List(workspace, query));
    for (const Asset& asset : assets) *reply->add_assets() = ToProto(asset);
    if (static_cast<int>(assets.size()) == query.size) reply->set_next_page_token(PageToken(assets.back()));
    return absl::OkStatus();
  });
}

absl::Status TelemetryService::Write(const base::WorkspaceId& workspace, const v1::WriteSamplesRequest& request,
                                     v1::WriteSamplesResponse& reply) {
  ASSIGN_OR_RETURN(const SampleBatch batch, FromProto(request.batch()));
  ASSIGN_OR_RETURN(const int written, samples_.Write(workspace, batch));
  reply.set_samples(written);
  return absl::OkStatus();
}

grpc::Status TelemetryService::WriteSamples(grpc::ServerContext* context, const v1::WriteSamplesRequest* request,
                                            v1::WriteSamplesResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    return Write(workspace, *request, *reply);
  });
}

grpc::Status TelemetryService::StreamSamples(
    grpc::ServerContext* context, grpc::ServerReaderWriter<v1::WriteSamplesResponse, v1::WriteSamplesRequest>* stream) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    v1::WriteSamplesRequest request;
    while (stream->Read(&request)) {
      v1::WriteSamplesResponse reply;
      RETURN_IF_ERROR(Write(workspace, request, reply));
      if (!stream->Write(reply)) return absl::CancelledError("the caller went away");
      if (rpc::IsDraining()) return absl::UnavailableError("the service is about to stop; what was acknowledged is written");
    }
    return absl::OkStatus();
  });
}

absl::Status TelemetryService::SendAsset(const base::WorkspaceId& workspace, const SampleQuery& query,
                                         grpc::ServerWriter<v1::SampleBatch>& writer) {
  ASSIGN_OR_RETURN(const std::unique_ptr<SampleCursor> cursor, samples_.Query(workspace, query));
  for (;;) {
    ASSIGN_OR_RETURN(const SampleBatch batch, cursor->Next());
    if (batch.event_us.empty()) return absl::OkStatus();
    if (!writer.Write(ToProto(batch))) return absl::CancelledError("the caller went away");
    if (rpc::IsDraining()) return absl::UnavailableError("the service is about to stop");
  }
}

absl::Status TelemetryService::SendEveryAsset(const base::WorkspaceId& workspace, SampleQuery query,
                                              grpc::ServerWriter<v1::SampleBatch>& writer) {
  AssetQuery page;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<Asset> assets, assets_.List(workspace, page));
    for (const Asset& asset : assets) {
      query.asset_id = asset.id;
      RETURN_IF_ERROR(SendAsset(workspace, query, writer));
    }
    if (static_cast<int>(assets.size()) < page.size) return absl::OkStatus();
    page.after = assets.back().id.value();
  }
}

grpc::Status TelemetryService::QuerySamples(grpc::ServerContext* context, const v1::QuerySamplesRequest* request,
                                            grpc::ServerWriter<v1::SampleBatch>* writer) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(SampleQuery query, FromProto(*request));
    if (request->asset_ids().empty()) return SendEveryAsset(workspace, std::move(query), *writer);
    for (const std::string& text : request->asset_ids()) {
      ASSIGN_OR_RETURN(query.asset_id, ParseAssetId("asset_ids", text));
      RETURN_IF_ERROR(SendAsset(workspace, query, *writer));
    }
    return absl::OkStatus();
  });
}

grpc::Status TelemetryService::RecordEvents(grpc::ServerContext* context, const v1::RecordEventsRequest* request,
                                            v1::RecordEventsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::vector<Event> events, FromProto(*request));
    RETURN_IF_ERROR(events_.Record(workspace, events));
    reply->set_events(static_cast<int>(events.size()));
    return absl::OkStatus();
  });
}

grpc::Status TelemetryService::ListEvents(grpc::ServerContext* context, const v1::ListEventsRequest* request,
                                          v1::ListEventsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const EventQuery query, FromProto(*request));
    ASSIGN_OR_RETURN(const std::vector<Event> events, events_.List(workspace, query));
    for (const Event& event : events) *reply->add_events() = ToProto(event);
    if (static_cast<int>(events.size()) == query.size) reply->set_next_page_token(PageToken(events.back()));
    return absl::OkStatus();
  });
}

}  // namespace millwright::telemetry
