#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "scheduler/domain/pipeline_run.h"

namespace millwright::scheduler {

struct RunRequest {
  base::WorkspaceId workspace;
  std::string pipeline;
  nlohmann::json parameters;
  std::string trigger;
  std::string created_by;
  std::string request_id;
};

/// The place in a newest-first list after which to go on.
using RunCursor = std::pair<absl::Time, std::string>;

/// Pipeline runs. Thread-safe.
class PgRuns {
 public:
  explicit PgRuns(pg::Database& db) : db_(db) {}

  /// The same request_id again answers with the same run.
  absl::StatusOr<PipelineRun> Start(const RunRequest& request, absl::Time now);
  absl::StatusOr<PipelineRun> Get(const base::WorkspaceId& workspace, const PipelineRunId& id);
  /// Newest first, without steps; of one pipeline when `pipeline` is not empty.
  absl::StatusOr<std::vector<PipelineRun>> List(const base::WorkspaceId& workspace, const std::string& pipeline,
                                                const std::optional<RunCursor>& after, int limit);
  absl::StatusOr<PipelineRun> Cancel(const base::WorkspaceId& workspace, const PipelineRunId& id, absl::Time now);

 private:
  pg::Database& db_;
};

/// Within a transaction: completes the parameters and starts the pipeline's current revision.
absl::StatusOr<PipelineRunId> StartPipeline(pg::Tx& tx, const RunRequest& request, absl::Time now);

}  // namespace millwright::scheduler
