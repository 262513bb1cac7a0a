#include "tracker/domain/tracker.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::tracker {

absl::StatusOr<Experiment> Tracker::CreateExperiment(const base::WorkspaceId& workspace, const std::string& name) {
  RETURN_IF_ERROR(CheckExperimentName(name));
  return experiments_.Create(workspace, name);
}

absl::StatusOr<Experiment> Tracker::GetExperiment(const base::WorkspaceId& workspace, const ExperimentId& id) {
  return experiments_.Get(workspace, id);
}

absl::StatusOr<PageOf<Experiment>> Tracker::ListExperiments(const base::WorkspaceId& workspace, const ExperimentQuery& query) {
  return experiments_.List(workspace, query);
}

absl::StatusOr<Run> Tracker::CreateRun(const base::WorkspaceId& workspace, NewRun run) {
  if (run.name.size() > 500)
    return absl::InvalidArgumentError(absl::StrCat("name: has ", run.name.size(), " bytes; a run's name has at most 500"));
  if (run.request_id && run.request_id->size() > 200) {
    return absl::InvalidArgumentError(absl::StrCat("request_id: has ", run.request_id->size(), " bytes; at most 200"));
  }
  RETURN_IF_ERROR(NormaliseTags(run.tags));
  run.id = NewRunId();
  if (run.name.empty()) run.name = MakeUpName();
  run.started_at = clock_.Now();
  return runs_.Create(workspace, run);
}

absl::StatusOr<Run> Tracker::GetRun(const base::WorkspaceId& workspace, const RunId& id) { return runs_.Get(workspace, id); }

absl::StatusOr<PageOf<Run>> Tracker::ListRuns(const base::WorkspaceId& workspace, RunQuery query) {
  const std::size_t asked = query.tags.size();
  RETURN_IF_ERROR(NormaliseTags(query.tags));
  if (query.tags.size() != asked) return absl::InvalidArgumentError("tags: names a key twice");
  return runs_.List(workspace, query);
}

absl::Status Tracker::LogBatch(const base::WorkspaceId& workspace, const RunId& id, Batch batch) {
  RETURN_IF_ERROR(Normalise(batch));
  return runs_.Log(workspace, id, batch);
}

absl::StatusOr<Run> Tracker::FinishRun(const base::WorkspaceId& workspace, const RunId& id, RunStatus status) {
  if (!IsFinal(status))
    return absl::InvalidArgumentError(
        absl::StrCat("status: \"", Name(status), "\" does not end a run; FINISHED, FAILED or KILLED do"));
  return runs_.Finish(workspace, id, status, clock_.Now());
}

absl::StatusOr<std::vector<Metric>> Tracker::MetricHistory(const base::WorkspaceId& workspace, const RunId& id,
                                                           const HistoryQuery& query) {
  if (query.key.empty()) return absl::InvalidArgumentError("key: is empty; it names the metric");
  return runs_.History(workspace, id, query);
}

}  // namespace millwright::tracker
