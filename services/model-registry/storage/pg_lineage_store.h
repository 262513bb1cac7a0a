#pragma once

#include "lib/pg/database.h"
#include "model-registry/domain/lineage.h"

namespace millwright::registry {

/// LineageStore over the schema `registry`. Thread-safe.
class PgLineageStore : public LineageStore {
 public:
  explicit PgLineageStore(pg::Database& db) : db_(db) {}
  absl::StatusOr<std::vector<LineageChain>> Find(const base::WorkspaceId& workspace, const LineagePoint& point) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::registry
