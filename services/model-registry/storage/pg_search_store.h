#pragma once

#include "lib/pg/database.h"
#include "model-registry/domain/search_store.h"

namespace millwright::registry {

/// SearchStore over the schema `registry`. Thread-safe.
class PgSearchStore : public SearchStore {
 public:
  explicit PgSearchStore(pg::Database& db) : db_(db) {}

  absl::StatusOr<SearchPage<RegisteredModel>> SearchModels(const base::WorkspaceId& workspace, const SearchQuery& query) override;
  absl::StatusOr<SearchPage<ModelVersion>> SearchVersions(const base::WorkspaceId& workspace, const SearchQuery& query) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::registry
