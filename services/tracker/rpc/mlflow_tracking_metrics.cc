#include <algorithm>
#include <bit>
#include <set>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/convert.h"
#include "lib/rpc/status.h"
#include "tracker/rpc/mlflow_sample.h"
#include "tracker/rpc/mlflow_tracking_service.h"
#include "tracker/rpc/mlflow_validation.h"

namespace millwright::tracker {
namespace {

constexpr int kMaxHistory = 25'000;
constexpr std::size_t kMaxPage = 100'000;  // of a history that is asked for whole: the rest has a token
constexpr int kMaxRuns = 100;
constexpr int kMaxSample = 2'500;
constexpr char kSeeDocs[] = " See the API docs for more information about request parameters.";

absl::StatusOr<std::optional<Point>> ReadToken(const std::string& token) {
  if (token.empty()) return std::optional<Point>();
  const absl::StatusOr<nlohmann::json> keys = rpc::DecodePageToken(token);
  if (!keys.ok() || keys->size() != 3 ||
      !std::all_of(keys->begin(), keys->end(), [](const auto& key) { return key.is_number_integer(); }))
    return absl::InvalidArgumentError("Invalid page token, could not base64-decode");
  return std::optional<Point>(Point{(*keys)[0].get<std::int64_t>(), (*keys)[1].get<std::int64_t>(),
                                    std::bit_cast<double>((*keys)[2].get<std::int64_t>())});
}

// The value travels as its bits: a NaN has no JSON number.
std::string ToToken(const Point& last) {
  return rpc::EncodePageToken(nlohmann::json::array({last.step, last.timestamp_ms, std::bit_cast<std::int64_t>(last.value)}));
}

mlpb::MetricWithRunId ToMlflow(const std::string& run, const std::string& key, const Point& point) {
  mlpb::MetricWithRunId metric;
  metric.set_key(key);
  metric.set_value(FiniteOrNan(point.value));
  metric.set_timestamp(point.timestamp_ms);
  metric.set_step(point.step);
  metric.set_run_id(run);
  return metric;
}

// At most `limit` points; none of what is no run.
absl::StatusOr<std::vector<Point>> History(Tracker& tracker, const base::WorkspaceId& workspace, const std::string& run_id,
                                           HistoryQuery query, std::size_t limit) {
  std::vector<Point> history;
  const absl::StatusOr<RunId> id = ParseRunId(run_id);
  if (!id.ok()) return history;
  while (history.size() < limit) {
    query.size = static_cast<int>(std::min<std::size_t>(limit - history.size(), kMaxHistory));
    const absl::StatusOr<std::vector<Point>> page = tracker.MetricHistory(workspace, *id, query);
    if (absl::IsNotFound(page.status())) return std::vector<Point>();
    RETURN_IF_ERROR(page.status());
    history.insert(history.end(), page->begin(), page->end());
    if (static_cast<int>(page->size()) < query.size) break;
    query.after = page->back();
  }
  return history;
}

absl::Status CheckInterval(const mlpb::GetMetricHistoryBulkIntervalRequest& request) {
  if (request.run_ids_size() > kMaxRuns) {
    return absl::InvalidArgumentError(absl::StrCat("GetMetricHistoryBulkInterval request must specify at most ", kMaxRuns,
                                                   " run_ids. Received ", request.run_ids_size(), " run_ids.", kSeeDocs));
  }
  if (request.has_max_results() && (request.max_results() < 1 || request.max_results() > kMaxSample))
    return absl::InvalidArgumentError(absl::StrCat("max_results must be between 1 and ", kMaxSample, ".", kSeeDocs));
  if (request.has_start_step() != request.has_end_step())
    return absl::InvalidArgumentError("If either start step or end step are specified, both must be specified.");
  if (request.start_step() > request.end_step()) {
    return absl::InvalidArgumentError(absl::StrCat("end_step must be greater than start_step. Found start_step=",
                                                   request.start_step(), " and end_step=", request.end_step(), "."));
  }
  return absl::OkStatus();
}

}  // namespace

grpc::Status MlflowTrackingService::GetMetricHistory(grpc::ServerContext* context, const mlpb::GetMetricHistoryRequest* request,
                                                     mlpb::GetMetricHistoryResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    if (request->has_max_results() && request->max_results() <= 0) {
      return absl::InvalidArgumentError(absl::StrCat("Invalid value ", request->max_results(),
                                                     " for parameter 'max_results' supplied. It must be a positive integer."));
    }
    HistoryQuery query{.key = request->metric_key(), .order = HistoryOrder::kTime};
    ASSIGN_OR_RETURN(query.after, ReadToken(request->page_token()));
    const std::size_t most =
        request->has_max_results() ? std::min(static_cast<std::size_t>(request->max_results()), kMaxPage) : kMaxPage;
    const std::string& run = request->run_id().empty() ? request->run_uuid() : request->run_id();
    ASSIGN_OR_RETURN(std::vector<Point> history, History(tracker_, workspace, run, query, most + 1));
    if (history.size() > most) {
      history.resize(most);
      reply->set_next_page_token(ToToken(history.back()));
    }
    reply->mutable_metrics()->Reserve(static_cast<int>(history.size()));
    for (const Point& point : history) *reply->add_metrics() = tracker::ToMlflow(query.key, point);
    return absl::OkStatus();
  });
}

grpc::Status MlflowTrackingService::GetMetricHistoryBulk(grpc::ServerContext* context,
                                                         const mlpb::GetMetricHistoryBulkRequest* request,
                                                         mlpb::GetMetricHistoryBulkResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    if (request->run_id().empty())
      return absl::InvalidArgumentError("GetMetricHistoryBulk request must specify at least one run_id.");
    if (request->run_id_size() > kMaxRuns) {
      return absl::InvalidArgumentError(absl::StrCat("GetMetricHistoryBulk request cannot specify more than ", kMaxRuns,
                                                     " run_ids. Received ", request->run_id_size(), " run_ids."));
    }
    if (!request->has_metric_key()) return absl::InvalidArgumentError("GetMetricHistoryBulk request must specify a metric_key.");
    const int most = request->has_max_results() ? std::min(request->max_results(), kMaxHistory) : kMaxHistory;
    if (most < 0)
      return rpc::WithErrorCode(absl::InvalidArgumentError(absl::StrCat("max_results: ", most, " is negative")), "BAD_REQUEST");
    if (request->metric_key().empty()) return absl::OkStatus();
    const HistoryQuery query{.key = request->metric_key(), .order = HistoryOrder::kTime};
    for (const std::string& run : std::set<std::string>(request->run_id().begin(), request->run_id().end())) {
      const auto left = static_cast<std::size_t>(most - reply->metrics_size());
      ASSIGN_OR_RETURN(const std::vector<Point> history, History(tracker_, workspace, run, query, left));
      for (const Point& point : history) *reply->add_metrics() = ToMlflow(run, query.key, point);
    }
    return absl::OkStatus();
  });
}

grpc::Status MlflowTrackingService::GetMetricHistoryBulkInterval(grpc::ServerContext* context,
                                                                 const mlpb::GetMetricHistoryBulkIntervalRequest* request,
                                                                 mlpb::GetMetricHistoryBulkIntervalResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    RETURN_IF_ERROR(CheckInterval(*request));
    const std::size_t most = request->has_max_results() ? static_cast<std::size_t>(request->max_results()) : kMaxSample;
    const HistoryQuery query{.key = request->metric_key(), .order = HistoryOrder::kStep};
    for (const std::string& run : request->run_ids()) {
      ASSIGN_OR_RETURN(std::vector<Point> history, History(tracker_, workspace, run, query, SIZE_MAX));
      if (request->has_start_step()) {
        history.erase(std::remove_if(history.begin(), history.end(),
                                     [&](const Point& point) {
                                       return point.step < request->start_step() || point.step > request->end_step();
                                     }),
                      history.end());
      }
      for (const Point& point : SampleEvenly(history, most)) *reply->add_metrics() = ToMlflow(run, query.key, point);
    }
    return absl::OkStatus();
  });
}

}  // namespace millwright::tracker
