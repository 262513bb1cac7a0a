#include <algorithm>
#include <future>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/status.h"
#include "lib/search/place.h"
#include "tracker/rpc/mlflow_tracking_service.h"
#include "tracker/rpc/mlflow_validation.h"

namespace millwright::tracker {
namespace {

absl::Status CheckMaxResults(std::int64_t max_results) {
  if (max_results < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("Invalid value ", max_results, " for parameter 'max_results' supplied. It must be a positive integer"));
  }
  if (max_results > kMaxSearchPage) {
    return absl::InvalidArgumentError(absl::StrCat("Invalid value ", max_results,
                                                   " for parameter 'max_results' supplied. It must be at most ", kMaxSearchPage));
  }
  return absl::OkStatus();
}

LifecycleView ViewOf(mlpb::ViewType view) {
  if (view == mlpb::DELETED_ONLY) return LifecycleView::kDeleted;
  return view == mlpb::ACTIVE_ONLY || view == mlpb::VIEW_TYPE_UNSPECIFIED ? LifecycleView::kActive : LifecycleView::kAll;
}

// Without those that no experiment can have.
template <typename Texts>
absl::StatusOr<std::vector<ExperimentId>> ReadExperimentIds(const Texts& texts) {
  std::vector<ExperimentId> ids;
  for (const std::string& text : texts) {
    const absl::StatusOr<ExperimentId> id = ReadExperimentId(text);
    if (absl::IsNotFound(id.status())) continue;
    RETURN_IF_ERROR(id.status());
    ids.push_back(*id);
  }
  return ids;
}

std::optional<std::string> Given(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

LoggedModelSearch FromMlflow(const mlpb::SearchLoggedModelsRequest& request, std::vector<ExperimentId> experiments) {
  LoggedModelSearch search{.experiments = std::move(experiments), .filter = request.filter()};
  for (const auto& dataset : request.datasets())
    search.datasets.push_back({dataset.dataset_name(), Given(dataset.dataset_digest())});
  for (const auto& order : request.order_by()) {
    search.order_by.push_back({order.field_name(), !order.has_ascending() || order.ascending(), Given(order.dataset_name()),
                               Given(order.dataset_digest())});
  }
  if (request.max_results() != 0) search.size = std::min(request.max_results(), kMaxSearchPage);
  search.page_token = request.page_token();
  return search;
}

// MLflow gives a field that stands twice in order_by no code, which makes it an error of the server.
absl::Status InMlflowsCode(const absl::Status& status) {
  return search::IsRepeatedOrder(status) ? rpc::WithErrorCode(status, "INTERNAL_ERROR") : status;
}

// An attribute that logged models cannot be ordered by has an error class of its own.
absl::Status InClassOfOrder(const absl::Status& status) {
  const bool is_unknown = absl::StartsWith(status.message(), "Invalid order by field name: ") &&
                          !absl::EndsWith(status.message(), "Only metrics are supported.");
  return is_unknown ? rpc::WithErrorCode(status, "INVALID_PARAMETER_VALUE/ATTRIBUTE_NOT_FOUND") : status;
}

}  // namespace

grpc::Status MlflowTrackingService::SearchExperiments(grpc::ServerContext* context, const mlpb::SearchExperimentsRequest* request,
                                                      mlpb::SearchExperimentsResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    RETURN_IF_ERROR(CheckMaxResults(request->max_results()));
    ExperimentSearch search{.filter = request->filter(),
                            .order_by = {request->order_by().begin(), request->order_by().end()},
                            .view = ViewOf(request->view_type()),
                            .size = static_cast<int>(request->max_results()),
                            .page_token = request->page_token()};
    ASSIGN_OR_RETURN(const Found<Experiment> found, search_.Experiments(workspace, search));
    for (const Experiment& experiment : found.items) *reply->add_experiments() = ToMlflow(experiment);
    if (!found.next_page_token.empty()) reply->set_next_page_token(found.next_page_token);
    return absl::OkStatus();
  });
}

grpc::Status MlflowTrackingService::SearchRuns(grpc::ServerContext* context, const mlpb::SearchRunsRequest* request,
                                               mlpb::SearchRunsResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    const int size = request->has_max_results() ? request->max_results() : 1000;
    RETURN_IF_ERROR(CheckMaxResults(size));
    ASSIGN_OR_RETURN(std::vector<ExperimentId> experiments, ReadExperimentIds(request->experiment_ids()));
    RunSearch search{.experiments = std::move(experiments),
                     .filter = request->filter(),
                     .order_by = {request->order_by().begin(), request->order_by().end()},
                     .view = ViewOf(request->run_view_type()),
                     .size = size,
                     .page_token = request->page_token()};
    const absl::StatusOr<Found<Run>> page = search_.Runs(workspace, search);
    if (!page.ok()) return InMlflowsCode(page.status());
    const Found<Run>& found = *page;
    std::vector<RunId> ids;
    ids.reserve(found.items.size());
    for (const Run& run : found.items) ids.push_back(run.id);
    // Of many runs beside what is made of them meanwhile.
    auto reading =
        std::async(ids.size() < 50 ? std::launch::deferred : std::launch::async, [&] { return lineage_.Get(workspace, ids); });
    reply->mutable_runs()->Reserve(static_cast<int>(found.items.size()));
    for (const Run& run : found.items) *reply->add_runs() = ToMlflow(run);
    ASSIGN_OR_RETURN(std::vector<RunLinks> links, reading.get());
    for (std::size_t i = 0; i < links.size(); ++i) {
      mlpb::Run* run = reply->mutable_runs(static_cast<int>(i));
      links[i].model_inputs.clear();  // MLflow leaves them out of searches
      InputsToMlflow(links[i], run->mutable_inputs());
      OutputsToMlflow(links[i], run->mutable_outputs());
    }
    if (!found.next_page_token.empty()) reply->set_next_page_token(found.next_page_token);
    return absl::OkStatus();
  });
}

grpc::Status MlflowTrackingService::SearchLoggedModels(grpc::ServerContext* context,
                                                       const mlpb::SearchLoggedModelsRequest* request,
                                                       mlpb::SearchLoggedModelsResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ASSIGN_OR_RETURN(std::vector<ExperimentId> experiments, ReadExperimentIds(request->experiment_ids()));
    const absl::StatusOr<Found<LoggedModel>> page = search_.LoggedModels(workspace, FromMlflow(*request, std::move(experiments)));
    if (!page.ok()) return InClassOfOrder(page.status());
    const Found<LoggedModel>& found = *page;
    for (const LoggedModel& model : found.items) *reply->add_models() = ToMlflow(model);
    if (!found.next_page_token.empty()) reply->set_next_page_token(found.next_page_token);
    return absl::OkStatus();
  });
}

grpc::Status MlflowTrackingService::SearchDatasets(grpc::ServerContext* context, const mlpb::SearchDatasetsRequest* request,
                                                   mlpb::SearchDatasetsResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    if (request->experiment_ids().empty())
      return absl::InvalidArgumentError("SearchDatasets request must specify at least one experiment_id.");
    if (request->experiment_ids_size() > 20) {
      return absl::InvalidArgumentError(
          absl::StrCat("SearchDatasets request cannot specify more than 20 experiment_ids. Received ",
                       request->experiment_ids_size(), " experiment_ids."));
    }
    ASSIGN_OR_RETURN(const std::vector<ExperimentId> experiments, ReadExperimentIds(request->experiment_ids()));
    ASSIGN_OR_RETURN(const std::vector<DatasetSummary> datasets, lineage_.ListDatasets(workspace, experiments));
    for (const DatasetSummary& dataset : datasets) {
      mlpb::DatasetSummary* added = reply->add_dataset_summaries();
      added->set_experiment_id(dataset.experiment_id.value());
      added->set_name(dataset.name);
      added->set_digest(dataset.digest);
      if (dataset.context) added->set_context(*dataset.context);
    }
    return absl::OkStatus();
  });
}

}  // namespace millwright::tracker
