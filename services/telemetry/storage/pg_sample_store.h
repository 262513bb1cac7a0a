#pragma once

#include "lib/pg/database.h"
#include "telemetry/domain/stores.h"

namespace millwright::telemetry {

/// Samples in telemetry.samples.
class PgSampleStore : public SampleStore {
 public:
  explicit PgSampleStore(pg::Database& db) : db_(db) {}
  absl::StatusOr<int> Write(const base::WorkspaceId& workspace, const SampleBatch& batch) override;
  absl::StatusOr<std::unique_ptr<SampleCursor>> Query(const base::WorkspaceId& workspace, const SampleQuery& query) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::telemetry
