#include "model-registry/rpc/search_request.h"

#include <algorithm>

#include "lib/base/status_macros.h"
#include "lib/rpc/convert.h"
#include "lib/search/filter.h"
#include "lib/search/order.h"

namespace millwright::registry {

absl::StatusOr<SearchQuery> ReadSearch(const std::string& filter, const std::vector<std::string>& order_by,
                                       const std::string& page_token, int limit, const search::Schema& schema) {
  SearchQuery query{.limit = limit};
  ASSIGN_OR_RETURN(query.filter, search::ParseFilter(filter, schema));
  ASSIGN_OR_RETURN(query.order, search::ParseOrderBy(order_by, schema));
  if (page_token.empty()) return query;
  ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(page_token));
  const bool is_ours =
      keys.is_array() && std::all_of(keys.begin(), keys.end(), [](const nlohmann::json& key) { return key.is_string(); });
  if (!is_ours) return absl::InvalidArgumentError("page_token: is not one that this search gave out");
  if (!keys.empty()) query.after = keys.get<std::vector<std::string>>();
  return query;
}

std::string NextToken(const std::vector<std::string>& keys) { return rpc::EncodePageToken(nlohmann::json(keys)); }

}  // namespace millwright::registry
