#include "tracker/domain/search.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/search/field.h"
#include "lib/search/filter.h"
#include "lib/search/mlflow_schemas.h"
#include "lib/search/order.h"
#include "lib/search/place.h"
#include "tracker/domain/page_token.h"

namespace millwright::tracker {
namespace {

absl::Status CheckSize(int size) {
  if (size >= 1 && size <= kMaxSearchPage) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("page_size is ", size, "; it must be from 1 to ", kMaxSearchPage));
}

search::OrderKey Attribute(const char* key, bool is_ascending) {
  return {{search::Entity::kAttribute, key, search::Aggregate::kLast}, is_ascending};
}

// Adds the key unless the order has its field already.
void Add(std::vector<search::OrderKey>& order, search::OrderKey key) {
  const bool has = std::any_of(order.begin(), order.end(), [&](const search::OrderKey& each) { return each.field == key.field; });
  if (!has) order.push_back(std::move(key));
}

absl::Status Choose(ColumnChoice& choice, absl::string_view key) {
  if (key == "*") {
    choice.has_all = true;
  } else {
    choice.keys.emplace(key);
  }
  return absl::OkStatus();
}

absl::StatusOr<RunColumns> ReadColumns(const std::vector<std::string>& columns) {
  RunColumns chosen;
  if (columns.empty()) return chosen;
  chosen.params.has_all = chosen.metrics.has_all = chosen.tags.has_all = false;
  for (const std::string& column : columns) {
    if (absl::StartsWith(column, "params.")) {
      RETURN_IF_ERROR(Choose(chosen.params, absl::string_view(column).substr(7)));
    } else if (absl::StartsWith(column, "metrics.")) {
      RETURN_IF_ERROR(Choose(chosen.metrics, absl::string_view(column).substr(8)));
    } else if (absl::StartsWith(column, "tags.")) {
      RETURN_IF_ERROR(Choose(chosen.tags, absl::string_view(column).substr(5)));
    } else {
      return absl::InvalidArgumentError(absl::StrCat(
          "columns: \"", column, "\" is none; a column is params.<key>, metrics.<key>, tags.<key>, or one of these with *"));
    }
  }
  return chosen;
}

std::string Text(LifecycleView view) { return absl::StrCat(static_cast<int>(view)); }

template <typename Ids>
std::string Joined(const Ids& ids) {
  return absl::StrJoin(ids, ",", [](std::string* out, const ExperimentId& id) { out->append(id.value()); });
}

absl::Status CheckCursor(const std::optional<Cursor>& cursor, std::size_t size) {
  if (!cursor || cursor->size() == size) return absl::OkStatus();
  return absl::InvalidArgumentError("Invalid page token: it is none of this server's");
}

template <typename T>
Found<T> Finish(SearchedPage<T> page, const std::vector<std::string>& question) {
  return {std::move(page.items), WritePageToken(question, page.next)};
}

// MLflow names an order of logged models by a field alone, in a form of its own.
absl::StatusOr<search::OrderKey> ReadLoggedModelOrder(const LoggedModelOrder& order) {
  const std::size_t dot = order.field.find('.');
  search::OrderKey key;
  key.is_ascending = order.is_ascending;
  if (dot != std::string::npos) {
    if (order.field.substr(0, dot) != "metrics") {
      return absl::InvalidArgumentError(
          absl::StrCat("Invalid order by field name: ", order.field, ". Only metrics are supported."));
    }
    key.field = {search::Entity::kMetric, order.field.substr(dot + 1), search::Aggregate::kLast};
    return key;
  }
  const absl::StatusOr<search::Field> field =
      search::ResolveField(order.field, search::Aggregate::kLast, search::LoggedModelSchema(), search::FieldUse::kOrder, 0);
  if (!field.ok()) return absl::InvalidArgumentError(absl::StrCat("Invalid order by field name: ", order.field));
  key.field = *field;
  return key;
}

}  // namespace

absl::StatusOr<Found<Run>> Search::Runs(const base::WorkspaceId& workspace, const RunSearch& search) {
  RETURN_IF_ERROR(CheckSize(search.size));
  if (search.experiments && search.experiments->size() > kMaxSearchedExperiments) {
    return absl::InvalidArgumentError(absl::StrCat("experiment_ids has ", search.experiments->size(), " ids; at most ",
                                                   kMaxSearchedExperiments, " may be searched at once"));
  }
  RunSearchQuery query;
  query.experiments = search.experiments;
  query.view = search.view;
  query.size = search.size;
  ASSIGN_OR_RETURN(query.filter, search::ParseFilter(search.filter, search::RunSchema()));
  ASSIGN_OR_RETURN(query.order, search::ParseOrderBy(search.order_by, search::RunSchema()));
  Add(query.order, Attribute("start_time", false));
  Add(query.order, Attribute("run_id", true));
  ASSIGN_OR_RETURN(query.columns, ReadColumns(search.columns));
  const std::vector<std::string> question = {"runs", search.filter, absl::StrJoin(search.order_by, "\n"), Text(search.view),
                                             search.experiments ? Joined(*search.experiments) : "*"};
  ASSIGN_OR_RETURN(query.after, ReadPageToken(question, search.page_token));
  RETURN_IF_ERROR(CheckCursor(query.after, query.order.size()));
  if (search.experiments && search.experiments->empty()) return Found<Run>();
  ASSIGN_OR_RETURN(SearchedPage<Run> page, store_.SearchRuns(workspace, query));
  return Finish(std::move(page), question);
}

absl::StatusOr<Found<Experiment>> Search::Experiments(const base::WorkspaceId& workspace, const ExperimentSearch& search) {
  RETURN_IF_ERROR(CheckSize(search.size));
  ExperimentSearchQuery query;
  query.view = search.view;
  query.size = search.size;
  ASSIGN_OR_RETURN(query.filter, search::ParseFilter(search.filter, search::ExperimentSchema()));
  ASSIGN_OR_RETURN(query.order, search::ParseOrderBy(search.order_by, search::ExperimentSchema()));
  if (query.order.empty()) {
    query.order = {Attribute("creation_time", false), Attribute("experiment_id", true)};
  }
  Add(query.order, Attribute("experiment_id", false));
  const std::vector<std::string> question = {"experiments", search.filter, absl::StrJoin(search.order_by, "\n"),
                                             Text(search.view)};
  ASSIGN_OR_RETURN(query.after, ReadPageToken(question, search.page_token));
  RETURN_IF_ERROR(CheckCursor(query.after, query.order.size()));
  ASSIGN_OR_RETURN(SearchedPage<Experiment> page, store_.SearchExperiments(workspace, query));
  return Finish(std::move(page), question);
}

absl::StatusOr<Found<LoggedModel>> Search::LoggedModels(const base::WorkspaceId& workspace, const LoggedModelSearch& search) {
  RETURN_IF_ERROR(CheckSize(search.size));
  LoggedModelSearchQuery query;
  query.experiments = search.experiments;
  query.datasets = search.datasets;
  query.size = search.size;
  for (const ModelDataset& dataset : search.datasets) {
    if (dataset.name.empty()) return absl::InvalidArgumentError("`dataset_name` in the `datasets` clause must be specified.");
  }
  std::vector<std::string> question = {"logged models", search.filter, Joined(search.experiments)};
  for (const ModelDataset& dataset : search.datasets) {
    question.push_back(absl::StrCat("dataset ", dataset.name));
    question.push_back(dataset.digest.value_or(""));
  }
  ASSIGN_OR_RETURN(query.filter, search::ParseFilter(search.filter, search::LoggedModelSchema()));
  bool has_creation = false;
  bool has_id = false;
  for (const LoggedModelOrder& order : search.order_by) {
    ASSIGN_OR_RETURN(search::OrderKey key, ReadLoggedModelOrder(order));
    has_creation = has_creation || (key.field.entity == search::Entity::kAttribute && key.field.key == "creation_timestamp_ms");
    has_id = has_id || (key.field.entity == search::Entity::kAttribute && key.field.key == "model_id");
    query.order.push_back({std::move(key), order.dataset_name, order.dataset_digest});
    question.push_back(absl::StrCat(order.field, order.is_ascending ? " up " : " down ", order.dataset_name.value_or("")));
    question.push_back(order.dataset_digest.value_or(""));
  }
  if (!has_creation) query.order.push_back({Attribute("creation_timestamp_ms", false), {}, {}});
  if (!has_id) query.order.push_back({Attribute("model_id", true), {}, {}});
  ASSIGN_OR_RETURN(query.after, ReadPageToken(question, search.page_token));
  RETURN_IF_ERROR(CheckCursor(query.after, query.order.size()));
  if (search.experiments.empty()) return Found<LoggedModel>();
  ASSIGN_OR_RETURN(SearchedPage<LoggedModel> page, store_.SearchLoggedModels(workspace, query));
  return Finish(std::move(page), question);
}

}  // namespace millwright::tracker
