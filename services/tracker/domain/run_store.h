#pragma once

#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "tracker/domain/chart.h"
#include "tracker/domain/run.h"

namespace millwright::tracker {

/// One page of a list that is ordered by our own row numbers, newest first.
struct Page {
  int size = 100;
  std::optional<std::int64_t> before;  // only rows with a smaller number
};

/// A page of what was asked for; `next` is the `before` of the page after it.
template <typename T>
struct PageOf {
  std::vector<T> items;
  std::optional<std::int64_t> next;
};

struct ExperimentQuery {
  std::optional<std::string> name;
  LifecycleView view = LifecycleView::kActive;
  Page page;
};

struct NewRun {
  RunId id;
  ExperimentId experiment_id;
  std::string name;
  std::vector<KeyValue> tags;
  std::string created_by;
  std::string user;  // empty: created_by
  std::optional<std::string> request_id;
  std::optional<absl::Time> started_at;  // now when empty
  std::optional<absl::Duration> heartbeat_grace;
};

/// What an update changes of a run; the rest stays.
struct RunChange {
  std::optional<std::string> name;
  std::optional<RunStatus> status;
  std::optional<absl::Time> ended_at;  // now when a final status comes without it
  bool keeps_end = false;              // the end changes only as given, whatever the status says
  std::vector<KeyValue> tags;
};

struct RunQuery {
  std::optional<ExperimentId> experiment_id;
  std::vector<KeyValue> tags;  // all must match; keys differ
  LifecycleView view = LifecycleView::kActive;
  Page page;
};

/// Whether an answer has what the run logged, or only its own facts.
enum class RunDetail { kFacts, kAll };

enum class HistoryOrder { kStep, kTime };

/// A page of a metric's history: what comes after `after` in the order.
struct HistoryQuery {
  std::string key;
  HistoryOrder order = HistoryOrder::kStep;
  int size = 1000;
  std::optional<Point> after;
};

/// Keeps experiments. Ids of another workspace are NotFound, everywhere in the stores; a change to what is deleted is
/// FailedPrecondition. Thread-safe, as all stores are.
class ExperimentStore {
 public:
  virtual ~ExperimentStore() = default;
  virtual absl::StatusOr<Experiment> Create(const base::WorkspaceId& workspace, const NewExperiment& experiment,
                                            absl::Time at) = 0;
  virtual absl::StatusOr<Experiment> Get(const base::WorkspaceId& workspace, const ExperimentId& id) = 0;
  virtual absl::StatusOr<PageOf<Experiment>> List(const base::WorkspaceId& workspace, const ExperimentQuery& query) = 0;
  virtual absl::StatusOr<Experiment> Rename(const base::WorkspaceId& workspace, const ExperimentId& id, const std::string& name,
                                            absl::Time at) = 0;
  virtual absl::StatusOr<Experiment> SetTags(const base::WorkspaceId& workspace, const ExperimentId& id,
                                             const std::vector<KeyValue>& tags) = 0;
  /// NotFound when it has no such tag.
  virtual absl::StatusOr<Experiment> DeleteTag(const base::WorkspaceId& workspace, const ExperimentId& id,
                                               const std::string& key) = 0;
  /// With all its runs; the same again changes nothing.
  virtual absl::StatusOr<Experiment> Delete(const base::WorkspaceId& workspace, const ExperimentId& id, absl::Time at) = 0;
  virtual absl::StatusOr<Experiment> Restore(const base::WorkspaceId& workspace, const ExperimentId& id, absl::Time at) = 0;
  /// The number of runs that went with it. FailedPrecondition unless deleted, and for the Default.
  virtual absl::StatusOr<std::int64_t> Purge(const base::WorkspaceId& workspace, const ExperimentId& id) = 0;
};

/// Keeps runs with what they log. A write has committed when it returns.
class RunStore {
 public:
  virtual ~RunStore() = default;
  /// The run that an earlier call with the same request id made, when there is one. `started_at` is set.
  virtual absl::StatusOr<Run> Create(const base::WorkspaceId& workspace, const NewRun& run) = 0;
  virtual absl::StatusOr<Run> Get(const base::WorkspaceId& workspace, const RunId& id) = 0;
  virtual absl::StatusOr<PageOf<Run>> List(const base::WorkspaceId& workspace, const RunQuery& query) = 0;
  /// Writes a normalised batch with others that come at the same time; the answer is there once it has committed. Another value
  /// for a logged param is InvalidArgument; ResourceExhausted while too much waits.
  virtual std::future<absl::Status> StartLog(const base::WorkspaceId& workspace, const RunId& id, Batch batch) = 0;
  /// Moves the run to a final status; the same one again changes nothing. FailedPrecondition when it may not.
  virtual absl::StatusOr<Run> Finish(const base::WorkspaceId& workspace, const RunId& id, RunStatus status, absl::Time at) = 0;
  virtual absl::StatusOr<Run> Update(const base::WorkspaceId& workspace, const RunId& id, const RunChange& change, absl::Time at,
                                     RunDetail detail = RunDetail::kAll) = 0;
  /// NotFound when it has no such tag.
  virtual absl::StatusOr<Run> DeleteTag(const base::WorkspaceId& workspace, const RunId& id, const std::string& key) = 0;
  /// The same again changes nothing.
  virtual absl::StatusOr<Run> Delete(const base::WorkspaceId& workspace, const RunId& id, absl::Time at) = 0;
  virtual absl::StatusOr<Run> Restore(const base::WorkspaceId& workspace, const RunId& id) = 0;
  /// FailedPrecondition unless deleted.
  virtual absl::Status Purge(const base::WorkspaceId& workspace, const RunId& id) = 0;
  /// When the run counts as lost unless it beats again. FailedPrecondition unless it promised to beat and is running.
  virtual absl::StatusOr<absl::Time> Beat(const base::WorkspaceId& workspace, const RunId& id, absl::Time at) = 0;
  /// Fails every run that should have beaten by `at`; how many.
  virtual absl::StatusOr<std::int64_t> FailLost(absl::Time at) = 0;
  /// Without exact duplicates, in the query's order; a full page unless it is the last. Of an unknown key it is empty.
  virtual absl::StatusOr<std::vector<Point>> History(const base::WorkspaceId& workspace, const RunId& id,
                                                     const HistoryQuery& query) = 0;
  virtual absl::StatusOr<std::vector<Series>> Charts(const base::WorkspaceId& workspace, const ChartQuery& query) = 0;
};

}  // namespace millwright::tracker
