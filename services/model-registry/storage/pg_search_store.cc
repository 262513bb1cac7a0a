#include "model-registry/storage/pg_search_store.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/model_row.h"
#include "model-registry/storage/search_sql.h"

namespace millwright::registry {
namespace {

constexpr int kModelColumns = 9;     // that ReadModel reads; the keys of the page stand behind them
constexpr int kVersionColumns = 19;  // that ReadVersion reads

const SearchTable& Models() {
  static const auto* table =
      new SearchTable{{{"name", "m.name", "text"}, {"last_updated_timestamp", "m.updated_at", "timestamptz"}},
                      "FROM registry.model_tags t WHERE t.model_id = m.model_id"};
  return *table;
}

const SearchTable& Versions() {
  static const auto* table =
      new SearchTable{{{"name", "m.name", "text"},
                       {"version_number", "v.version", "integer"},
                       {"run_id", "v.run_id", "text"},
                       {"source_path", "v.source", "text"},
                       {"creation_timestamp", "v.created_at", "timestamptz"},
                       {"last_updated_timestamp", "v.updated_at", "timestamptz"}},
                      "FROM registry.version_tags t WHERE t.model_id = v.model_id AND t.version = v.version"};
  return *table;
}

/// With the tie-breaks that are not in it yet.
std::vector<search::OrderKey> WholeOrder(std::vector<search::OrderKey> order, const std::vector<search::OrderKey>& ties) {
  for (const search::OrderKey& tie : ties) {
    bool is_there = false;
    for (const search::OrderKey& key : order) is_there |= key.field == tie.field;
    if (!is_there) order.push_back(tie);
  }
  return order;
}

template <typename T>
absl::StatusOr<SearchPage<T>> Search(pg::Tx& tx, const char* name, const std::string& columns, const std::string& from,
                                     const SearchTable& table, const SearchQuery& query,
                                     const std::vector<search::OrderKey>& order, Bindings& bindings, int key_column,
                                     T (*read)(const pg::Row&)) {
  std::string after = "true";
  if (query.after) {
    ASSIGN_OR_RETURN(after, AfterSql(order, *query.after, table, bindings));
  }
  const std::string filter = FilterSql(query.filter, table, bindings);
  const std::string sql = absl::StrCat("SELECT", columns, ", ", KeysSql(order, table), from, " AND ", filter, " AND ", after,
                                       " ORDER BY ", OrderSql(order, table), " LIMIT ", std::int64_t{query.limit} + 1);
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.ManyOf({name, sql.c_str()}, bindings.values()));
  SearchPage<T> page;
  for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(query.limit); ++i) page.items.push_back(read(rows[i]));
  if (rows.size() > page.items.size()) {
    page.next.emplace();
    if (page.items.empty()) {  // asked for none: the next page starts where this one did
      page.next = query.after.value_or(std::vector<std::string>());
    } else {
      for (std::size_t i = 0; i < order.size(); ++i)
        page.next->push_back(rows[page.items.size() - 1].Text(key_column + static_cast<int>(i)));
    }
  }
  return page;
}

}  // namespace

absl::StatusOr<SearchPage<RegisteredModel>> PgSearchStore::SearchModels(const base::WorkspaceId& workspace,
                                                                        const SearchQuery& query) {
  return db_.Transact([&](pg::Tx& tx) {
    Bindings bindings;
    const std::string from =
        absl::StrCat(" FROM registry.models m WHERE m.workspace_id = ", bindings.Bind(pg::Param(workspace), "bigint"),
                     " AND m.deleted_at IS NULL");
    return Search<RegisteredModel>(tx, "search_models", REGISTRY_MODEL_COLUMNS, from, Models(), query,
                                   WholeOrder(query.order, {{.field = {.key = "name"}}}), bindings, kModelColumns, ReadModel);
  });
}

absl::StatusOr<SearchPage<ModelVersion>> PgSearchStore::SearchVersions(const base::WorkspaceId& workspace,
                                                                       const SearchQuery& query) {
  std::vector<search::OrderKey> order = query.order;
  if (order.empty()) order.push_back({.field = {.key = "last_updated_timestamp"}, .is_ascending = false});
  order = WholeOrder(std::move(order), {{.field = {.key = "name"}}, {.field = {.key = "version_number"}, .is_ascending = false}});
  return db_.Transact([&](pg::Tx& tx) {
    Bindings bindings;
    const std::string from =
        absl::StrCat(" FROM registry.models m JOIN registry.model_versions v USING (model_id) WHERE m.workspace_id = ",
                     bindings.Bind(pg::Param(workspace), "bigint"), " AND m.deleted_at IS NULL AND v.deleted_at IS NULL");
    return Search<ModelVersion>(tx, "search_versions", REGISTRY_LIGHT_VERSION_COLUMNS, from, Versions(), query, order, bindings,
                                kVersionColumns, ReadVersion);
  });
}

}  // namespace millwright::registry
