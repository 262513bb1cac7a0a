#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "lib/search/ast.h"
#include "tracker/domain/logged_model.h"
#include "tracker/domain/run.h"

namespace millwright::tracker {

/// Where a page ended: what its last row was ordered by, each as the store's own text, the most significant first. Absent: the
/// row has no such value.
using Cursor = std::vector<std::optional<std::string>>;

/// Which keys of one kind come with a run.
struct ColumnChoice {
  bool has_all = true;
  std::set<std::string> keys;  // when not all
};
struct RunColumns {
  ColumnChoice params;
  ColumnChoice metrics;
  ColumnChoice tags;
};

struct RunSearchQuery {
  std::optional<std::vector<ExperimentId>> experiments;
  search::Expression filter;
  std::vector<search::OrderKey> order;
  LifecycleView view = LifecycleView::kActive;
  int size = 100;
  std::optional<Cursor> after;
  RunColumns columns;
};

struct ExperimentSearchQuery {
  search::Expression filter;
  std::vector<search::OrderKey> order;  // ends with experiment_id
  LifecycleView view = LifecycleView::kActive;
  int size = 100;
  std::optional<Cursor> after;
};

/// A dataset by name, and digest when there is one.
struct ModelDataset {
  std::string name;
  std::optional<std::string> digest;
};

/// An attribute or `metrics.<key>`: its latest point, on one dataset when that is named.
struct LoggedModelOrder {
  std::string field;
  bool is_ascending = true;
  std::optional<std::string> dataset_name;
  std::optional<std::string> dataset_digest;
};

struct LoggedModelOrderKey {
  search::OrderKey key;
  std::optional<std::string> dataset_name;
  std::optional<std::string> dataset_digest;
};

struct LoggedModelSearchQuery {
  std::vector<ExperimentId> experiments;
  search::Expression filter;
  std::vector<ModelDataset> datasets;
  std::vector<LoggedModelOrderKey> order;  // ends with model_id
  int size = 50;
  std::optional<Cursor> after;
};

/// A page in order; `next` is the cursor of its last row when there may be more.
template <typename T>
struct SearchedPage {
  std::vector<T> items;
  std::optional<Cursor> next;
};

/// Answers searches that were read already. Thread-safe.
class SearchStore {
 public:
  virtual ~SearchStore() = default;
  virtual absl::StatusOr<SearchedPage<Run>> SearchRuns(const base::WorkspaceId& workspace, const RunSearchQuery& query) = 0;
  virtual absl::StatusOr<SearchedPage<Experiment>> SearchExperiments(const base::WorkspaceId& workspace,
                                                                     const ExperimentSearchQuery& query) = 0;
  virtual absl::StatusOr<SearchedPage<LoggedModel>> SearchLoggedModels(const base::WorkspaceId& workspace,
                                                                       const LoggedModelSearchQuery& query) = 0;
};

}  // namespace millwright::tracker
