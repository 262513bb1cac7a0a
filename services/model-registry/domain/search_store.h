#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "lib/search/ast.h"
#include "model-registry/domain/model.h"

namespace millwright::registry {

/// What is looked for, in which order, from where on. `filter` and `order` were read by the schema of what is searched.
struct SearchQuery {
  search::Expression filter;
  std::vector<search::OrderKey> order;  // ties are broken by name, and of versions by number, highest first
  int limit = 100;
  std::optional<std::vector<std::string>> after;  // keys of the last row seen, one for each order key and tie-break
};

template <typename T>
struct SearchPage {
  std::vector<T> items;
  std::optional<std::vector<std::string>> next;  // empty: the end
};

/// Registered models and versions by filter; what is deleted never appears, prompts only when the filter asks for them.
class SearchStore {
 public:
  virtual ~SearchStore() = default;
  virtual absl::StatusOr<SearchPage<RegisteredModel>> SearchModels(const base::WorkspaceId& workspace,
                                                                   const SearchQuery& query) = 0;
  /// Without files and lineage.
  virtual absl::StatusOr<SearchPage<ModelVersion>> SearchVersions(const base::WorkspaceId& workspace,
                                                                  const SearchQuery& query) = 0;
};

}  // namespace millwright::registry
