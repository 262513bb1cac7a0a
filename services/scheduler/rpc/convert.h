#pragma once

#include "absl/status/statusor.h"
#include "lib/auth/caller.h"
#include "millwright/scheduler/v1/scheduler.pb.h"
#include "scheduler/domain/schedule.h"
#include "scheduler/domain/study.h"
#include "scheduler/domain/task.h"
#include "scheduler/storage/pg_pipelines.h"

namespace millwright::scheduler {

namespace pb = millwright::scheduler::v1;

pb::Pipeline ToProto(const Pipeline& pipeline);
pb::PipelineRun ToProto(const PipelineRun& run);
pb::Schedule ToProto(const Schedule& schedule);
pb::Study ToProto(const Study& study);
pb::Trial ToProto(const Trial& trial);
pb::Task ToProto(const LeasedTask& task, absl::Duration lease);
Progress FromProto(const pb::Progress& progress);

/// The workspace that the caller acts in. InvalidArgument for a service that acts in none.
absl::StatusOr<base::WorkspaceId> WorkspaceOf(const auth::Caller& caller);

/// `value`, or InvalidArgument when it is empty or longer than `max` bytes.
absl::Status CheckText(const char* field, const std::string& value, std::size_t max = 200);

/// InvalidArgument unless it is 1 to 100 of letters, digits, `_`, `-` and `.`.
absl::Status CheckName(const char* field, const std::string& value);

}  // namespace millwright::scheduler
