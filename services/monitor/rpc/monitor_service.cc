#include "monitor/rpc/monitor_service.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"
#include "lib/rpc/log.h"

namespace millwright::monitor {
namespace {

constexpr int kPage = 100;
constexpr int kMaxPage = 1000;

absl::StatusOr<base::WorkspaceId> WorkspaceOf(const auth::Caller& caller) {
  if (caller.workspace.empty())
    return absl::InvalidArgumentError("this call acts in one workspace, and the calling service named none");
  return caller.workspace;
}

absl::StatusOr<std::optional<PredictionKey>> Below(const std::string& page_token) {
  if (page_token.empty()) return std::optional<PredictionKey>();
  ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(page_token));
  if (keys.size() != 2 || !keys[0].is_number_integer() || !keys[1].is_string() ||
      !CheckPredictionId(keys[1].get<std::string>()).ok()) {
    return absl::InvalidArgumentError("page_token: not one that this list gave out");
  }
  return std::optional<PredictionKey>({absl::FromUnixMicros(keys[0].get<std::int64_t>()), keys[1].get<std::string>()});
}

}  // namespace

grpc::Status MonitorService::LogPredictions(grpc::ServerContext* context, const pb::LogPredictionsRequest* request,
                                            pb::LogPredictionsResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    if (request->dropped() > 0) {
      rpc::LogWarning("predictions were dropped before they could be logged",
                      {{"count", request->dropped()}, {"by", caller.subject}});
    }
    std::vector<Prediction> predictions;
    predictions.reserve(request->predictions_size());
    for (const pb::Prediction& in : request->predictions()) {
      ASSIGN_OR_RETURN(Prediction prediction, FromProto(in));
      predictions.push_back(std::move(prediction));
    }
    return monitor_.Log(std::move(predictions));
  });
}

grpc::Status MonitorService::CreateLabels(grpc::ServerContext* context, const pb::CreateLabelsRequest* request,
                                          pb::CreateLabelsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    std::vector<Label> labels;
    for (const pb::Label& label : request->labels()) labels.push_back(FromProto(label));
    ASSIGN_OR_RETURN(const LabelReceipt receipt, monitor_.Label(workspace, labels));
    reply->set_matched(receipt.matched);
    reply->set_pending(receipt.pending);
    return absl::OkStatus();
  });
}

grpc::Status MonitorService::GetPrediction(grpc::ServerContext* context, const pb::GetPredictionRequest* request,
                                           pb::Prediction* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Prediction prediction, monitor_.Get(workspace, request->prediction_id()));
    *reply = ToProto(prediction);
    return absl::OkStatus();
  });
}

grpc::Status MonitorService::ListPredictions(grpc::ServerContext* context, const pb::ListPredictionsRequest* request,
                                             pb::ListPredictionsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), kPage, kMaxPage));
    ASSIGN_OR_RETURN(const std::optional<PredictionKey> below, Below(request->page_token()));
    ASSIGN_OR_RETURN(const std::vector<Prediction> predictions,
                     monitor_.store().List(workspace, request->model(), below, size + 1));
    for (int i = 0; i < std::min<int>(size, predictions.size()); ++i) *reply->add_predictions() = ToProto(predictions[i]);
    if (static_cast<int>(predictions.size()) > size) {
      const Prediction& last = predictions[size - 1];
      reply->set_next_page_token(rpc::EncodePageToken({absl::ToUnixMicros(last.at), last.id}));
    }
    return absl::OkStatus();
  });
}

grpc::Status MonitorService::GetModelHealth(grpc::ServerContext* context, const pb::GetModelHealthRequest* request,
                                            pb::ModelHealth* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::vector<VersionHealth> versions, monitor_.Health(workspace, request->name()));
    reply->set_name(request->name());
    for (const VersionHealth& health : versions) *reply->add_versions() = ToProto(health);
    return absl::OkStatus();
  });
}

}  // namespace millwright::monitor
