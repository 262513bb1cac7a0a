#include "tracker/rpc/test_look_service.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"
#include "tracker/rpc/convert.h"

namespace millwright::tracker {
namespace {

absl::StatusOr<NewTestLook> LookFromProto(const v1::RecordTestLookRequest& request) {
  NewTestLook look;
  ASSIGN_OR_RETURN(look.dataset_version_id, ParseDatasetVersionId(request.dataset_version_id()));
  look.split = request.split();
  look.run_id = request.run_id();
  look.subject = request.subject();
  look.metrics = {request.metrics().begin(), request.metrics().end()};
  look.pipeline_run_id = request.pipeline_run_id();
  look.request_id = request.request_id();
  return look;
}

v1::TestLook LookToProto(const TestLook& look) {
  v1::TestLook proto;
  proto.set_look_id(absl::StrCat(look.id));
  proto.set_dataset_version_id(look.facts.dataset_version_id.value());
  proto.set_dataset(look.dataset);
  proto.set_dataset_version(look.dataset_version);
  proto.set_split(look.facts.split);
  proto.set_number(look.number);
  proto.set_run_id(look.facts.run_id);
  proto.set_subject(look.facts.subject);
  proto.mutable_metrics()->insert(look.facts.metrics.begin(), look.facts.metrics.end());
  proto.set_actor(look.actor);
  proto.set_pipeline_run_id(look.facts.pipeline_run_id);
  *proto.mutable_at() = rpc::ToProto(look.at);
  return proto;
}

}  // namespace

grpc::Status TestLookService::RecordTestLook(grpc::ServerContext* context, const v1::RecordTestLookRequest* request,
                                             v1::TestLook* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const NewTestLook look, LookFromProto(*request));
    RETURN_IF_ERROR(Check(look));
    ASSIGN_OR_RETURN(const TestLook recorded, looks_.Record(workspace, look, caller.subject));
    *reply = LookToProto(recorded);
    return absl::OkStatus();
  });
}

grpc::Status TestLookService::ListTestLooks(grpc::ServerContext* context, const v1::ListTestLooksRequest* request,
                                            v1::ListTestLooksResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    TestLookQuery query;
    ASSIGN_OR_RETURN(query.page, ReadPage(request->page_size(), request->page_token()));
    if (!request->dataset_version_id().empty()) {
      ASSIGN_OR_RETURN(query.dataset_version_id, ParseDatasetVersionId(request->dataset_version_id()));
    }
    if (!request->run_id().empty()) query.run_id = request->run_id();
    ASSIGN_OR_RETURN(const PageOf<TestLook> looks, looks_.List(workspace, query));
    for (const TestLook& look : looks.items) *reply->add_looks() = LookToProto(look);
    reply->set_next_page_token(PageToken(looks.next));
    return absl::OkStatus();
  });
}

}  // namespace millwright::tracker
