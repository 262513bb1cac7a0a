#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tracker/domain/search_store.h"

namespace millwright::tracker {

inline constexpr int kMaxSearchPage = 50000;
inline constexpr std::size_t kMaxSearchedExperiments = 1000;

/// What a caller asks of a search of runs. Texts are in the grammar of lib/search.
struct RunSearch {
  std::optional<std::vector<ExperimentId>>
      experiments;  // all of the workspace when absent, none when empty; unknown ones find nothing
  std::string filter;
  std::vector<std::string> order_by;  // newest start first when empty, and behind what stands here
  LifecycleView view = LifecycleView::kActive;
  int size = 100;  // 1 to kMaxSearchPage
  std::string page_token;
  std::vector<std::string> columns;  // "params.depth", "metrics.*", "tags.*"; everything when empty
};

struct ExperimentSearch {
  std::string filter;
  std::vector<std::string> order_by;  // newest first when empty
  LifecycleView view = LifecycleView::kActive;
  int size = 100;
  std::string page_token;
};

struct LoggedModelSearch {
  std::vector<ExperimentId> experiments;
  std::string filter;
  std::vector<ModelDataset> datasets;      // models with a metric on one of them; metric filters look at those metrics alone
  std::vector<LoggedModelOrder> order_by;  // newest first when empty, and behind what stands here
  int size = 50;
  std::string page_token;
};

template <typename T>
struct Found {
  std::vector<T> items;
  std::string next_page_token;  // empty: there are no more
};

/// Searches of runs, experiments and logged models. A filter, order or token that cannot be read is InvalidArgument; for the
/// first two search::PlaceOf says where. A page token is good for the same question only, and whatever is written meanwhile,
/// pages never repeat a row that stayed where it was. Thread-safe.
class Search {
 public:
  explicit Search(SearchStore& store) : store_(store) {}

  absl::StatusOr<Found<Run>> Runs(const base::WorkspaceId& workspace, const RunSearch& search);
  absl::StatusOr<Found<Experiment>> Experiments(const base::WorkspaceId& workspace, const ExperimentSearch& search);
  absl::StatusOr<Found<LoggedModel>> LoggedModels(const base::WorkspaceId& workspace, const LoggedModelSearch& search);

 private:
  SearchStore& store_;
};

}  // namespace millwright::tracker
