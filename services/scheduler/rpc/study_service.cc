#include "scheduler/rpc/study_service.h"

#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"
#include "scheduler/rpc/convert.h"
#include "scheduler/rpc/page.h"

namespace millwright::scheduler {

grpc::Status StudyService::GetStudy(grpc::ServerContext* context, const v1::GetStudyRequest* request, v1::Study* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Study study, studies_.Get(workspace, StudyId(request->study_id())));
    *reply = ToProto(study);
    return absl::OkStatus();
  });
}

grpc::Status StudyService::ListStudies(grpc::ServerContext* context, const v1::ListStudiesRequest* request,
                                       v1::ListStudiesResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), 100, 1000));
    ASSIGN_OR_RETURN(const auto after, TimeCursor(request->page_token()));
    ASSIGN_OR_RETURN(const std::vector<Study> studies, studies_.List(workspace, after, size));
    for (const Study& study : studies) *reply->add_studies() = ToProto(study);
    if (static_cast<int>(studies.size()) == size)
      reply->set_next_page_token(TimeToken(studies.back().created_at, studies.back().id.value()));
    return absl::OkStatus();
  });
}

grpc::Status StudyService::ListTrials(grpc::ServerContext* context, const v1::ListTrialsRequest* request,
                                      v1::ListTrialsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), 100, 1000));
    ASSIGN_OR_RETURN(const int after, NumberCursor(request->page_token()));
    ASSIGN_OR_RETURN(const std::vector<Trial> trials, studies_.Trials(workspace, StudyId(request->study_id()), after, size));
    for (const Trial& trial : trials) *reply->add_trials() = ToProto(trial);
    if (static_cast<int>(trials.size()) == size) reply->set_next_page_token(rpc::EncodePageToken({trials.back().number}));
    return absl::OkStatus();
  });
}

}  // namespace millwright::scheduler
