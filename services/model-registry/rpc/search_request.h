#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/search/schema.h"
#include "model-registry/domain/search_store.h"

namespace millwright::registry {

/// A search as a client sends it; errors are those of lib/search, and InvalidArgument for a bad token.
absl::StatusOr<SearchQuery> ReadSearch(const std::string& filter, const std::vector<std::string>& order_by,
                                       const std::string& page_token, int limit, const search::Schema& schema);
/// What the next page is asked for with.
std::string NextToken(const std::vector<std::string>& keys);

}  // namespace millwright::registry
