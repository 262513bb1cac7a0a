#include "trainer-worker/tasks/look.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::trainer {

absl::StatusOr<int> RecordLook(const Look& look, TaskContext& context) {
  tracker::v1::RecordTestLookRequest request;
  request.set_dataset_version_id(look.dataset_version_id);
  request.set_split(look.split);
  request.set_run_id(look.run_id);
  request.set_subject(look.subject);
  request.set_pipeline_run_id(context.task.pipeline_run_id());
  request.set_request_id(context.RequestId(look.is_of_attempt ? absl::StrCat("look:", context.task.attempt()) : "look"));
  request.mutable_metrics()->insert(look.metrics.begin(), look.metrics.end());
  tracker::v1::TestLook recorded;
  RETURN_IF_ERROR(
      context.Write(&tracker::v1::TestLookService::Stub::RecordTestLook, context.platform.looks(), request, &recorded));
  return recorded.number();
}

}  // namespace millwright::trainer
