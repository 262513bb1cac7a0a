#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "scheduler/domain/definition.h"

namespace millwright::scheduler {

/// A pipeline's current revision.
struct Pipeline {
  Definition definition;
  int revision = 0;
  std::string text;
  absl::Time updated_at;
};

/// The pipelines of all workspaces. Thread-safe.
class PgPipelines {
 public:
  explicit PgPipelines(pg::Database& db) : db_(db) {}

  /// A new revision, unless the text is the current one.
  absl::StatusOr<Pipeline> Put(const base::WorkspaceId& workspace, const std::string& text, const std::string& by,
                               absl::Time now);
  /// As Put, but a text that was ever a revision changes nothing: what ships with the platform does not undo what people put over
  /// it.
  absl::Status PutShipped(const base::WorkspaceId& workspace, const std::string& text, const std::string& by, absl::Time now);
  absl::StatusOr<Pipeline> Get(const base::WorkspaceId& workspace, const std::string& name);
  /// By name, those after `after`.
  absl::StatusOr<std::vector<Pipeline>> List(const base::WorkspaceId& workspace, const std::string& after, int limit);

 private:
  pg::Database& db_;
};

/// Within a transaction. NotFound names the pipeline.
absl::StatusOr<Pipeline> FindPipeline(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name);

}  // namespace millwright::scheduler
