#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/search/filter.h"
#include "lib/search/mlflow_schemas.h"
#include "lib/search/place.h"
#include "tracker/domain/search.h"
#include "tracker/rpc/convert.h"
#include "tracker/rpc/tracker_service.h"

namespace millwright::tracker {
namespace {

constexpr int kDefaultPage = 100;

int SizeOf(int page_size) { return page_size == 0 ? kDefaultPage : page_size; }

// The status with the field at fault and the place in it: a filter box marks it.
absl::Status WithField(const absl::Status& status, const std::string& filter, const search::Schema& schema) {
  if (!search::PlaceOf(status)) return status;
  if (search::ParseFilter(filter, schema).ok()) return absl::Status(status.code(), absl::StrCat("order_by: ", status.message()));
  return absl::Status(status.code(), absl::StrCat("filter: ", search::WithPlace(status, filter).message()));
}

}  // namespace

grpc::Status TrackerService::SearchExperiments(grpc::ServerContext* context, const v1::SearchExperimentsRequest* request,
                                               v1::SearchExperimentsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const LifecycleView view, FromProto(request->view()));
    const absl::StatusOr<Found<Experiment>> found =
        search_.Experiments(workspace, {.filter = request->filter(),
                                        .order_by = {request->order_by().begin(), request->order_by().end()},
                                        .view = view,
                                        .size = SizeOf(request->page_size()),
                                        .page_token = request->page_token()});
    if (!found.ok()) return WithField(found.status(), request->filter(), search::ExperimentSchema());
    for (const Experiment& experiment : found->items) *reply->add_experiments() = ToProto(experiment);
    reply->set_next_page_token(found->next_page_token);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::SearchRuns(grpc::ServerContext* context, const v1::SearchRunsRequest* request,
                                        v1::SearchRunsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RunSearch search{.filter = request->filter(),
                     .order_by = {request->order_by().begin(), request->order_by().end()},
                     .size = SizeOf(request->page_size()),
                     .page_token = request->page_token(),
                     .columns = {request->columns().begin(), request->columns().end()}};
    ASSIGN_OR_RETURN(search.view, FromProto(request->view()));
    for (const std::string& text : request->experiment_ids()) {
      ASSIGN_OR_RETURN(ExperimentId id, ParseExperimentId(text));
      if (!search.experiments) search.experiments.emplace();
      search.experiments->push_back(std::move(id));
    }
    const absl::StatusOr<Found<Run>> found = search_.Runs(workspace, search);
    if (!found.ok()) return WithField(found.status(), request->filter(), search::RunSchema());
    for (const Run& run : found->items) *reply->add_runs() = ToProto(run);
    reply->set_next_page_token(found->next_page_token);
    return absl::OkStatus();
  });
}

}  // namespace millwright::tracker
