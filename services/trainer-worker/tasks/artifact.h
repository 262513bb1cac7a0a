#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

/// Uploads one file as an artifact of a run; refused once the lease is lost.
absl::StatusOr<tracker::v1::Blob> StoreArtifact(absl::string_view content, const std::string& path, const std::string& run_id,
                                                TaskContext& context);

}  // namespace millwright::trainer
