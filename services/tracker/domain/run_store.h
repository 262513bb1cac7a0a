#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/id.h"
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
  Page page;
};

struct NewRun {
  RunId id;
  ExperimentId experiment_id;
  std::string name;
  std::vector<KeyValue> tags;
  std::string created_by;
  std::optional<std::string> request_id;
  absl::Time started_at;
};

struct RunQuery {
  std::optional<ExperimentId> experiment_id;
  std::vector<KeyValue> tags;  // all must match; keys differ
  Page page;
};

/// Where a page of a metric's history begins: after this point.
struct HistoryQuery {
  std::string key;
  int size = 1000;
  std::optional<Metric> after;
};

/// Keeps experiments. Ids of another workspace are NotFound, everywhere in the stores. Thread-safe, as all stores are.
class ExperimentStore {
 public:
  virtual ~ExperimentStore() = default;
  virtual absl::StatusOr<Experiment> Create(const base::WorkspaceId& workspace, const std::string& name) = 0;
  virtual absl::StatusOr<Experiment> Get(const base::WorkspaceId& workspace, const ExperimentId& id) = 0;
  virtual absl::StatusOr<PageOf<Experiment>> List(const base::WorkspaceId& workspace, const ExperimentQuery& query) = 0;
};

/// Keeps runs with what they log. A write has committed when it returns.
class RunStore {
 public:
  virtual ~RunStore() = default;
  /// The run that an earlier call with the same request id made, when there is one.
  virtual absl::StatusOr<Run> Create(const base::WorkspaceId& workspace, const NewRun& run) = 0;
  virtual absl::StatusOr<Run> Get(const base::WorkspaceId& workspace, const RunId& id) = 0;
  virtual absl::StatusOr<PageOf<Run>> List(const base::WorkspaceId& workspace, const RunQuery& query) = 0;
  /// `batch` is normalised. Another value for a logged param is InvalidArgument.
  virtual absl::Status Log(const base::WorkspaceId& workspace, const RunId& id, const Batch& batch) = 0;
  /// Moves the run to a final status; the same one again changes nothing. FailedPrecondition when it may not.
  virtual absl::StatusOr<Run> Finish(const base::WorkspaceId& workspace, const RunId& id, RunStatus status, absl::Time at) = 0;
  /// Without exact duplicates, by step, time and value.
  virtual absl::StatusOr<std::vector<Metric>> History(const base::WorkspaceId& workspace, const RunId& id,
                                                      const HistoryQuery& query) = 0;
};

}  // namespace millwright::tracker
