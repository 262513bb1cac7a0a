#include "tracker/domain/tracker.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"

namespace millwright::tracker {
namespace {

absl::Status CheckLength(const char* field, const std::string& text, std::size_t most) {
  const std::size_t count = base::CountCharacters(text);
  if (count <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, ": has ", count, " characters; at most ", most));
}

std::future<absl::Status> Done(absl::Status status) {
  std::promise<absl::Status> promise;
  promise.set_value(std::move(status));
  return promise.get_future();
}

// The name and its tag become one; `tags` are sorted and stay so.
absl::Status JoinNameWithTag(std::string& name, std::vector<KeyValue>& tags) {
  const auto place =
      std::lower_bound(tags.begin(), tags.end(), kNameTag, [](const KeyValue& tag, const char* key) { return tag.key < key; });
  if (place != tags.end() && place->key == kNameTag) {
    if (!name.empty() && name != place->value) {
      return absl::InvalidArgumentError(
          absl::StrCat("name: \"", name, "\" and the tag ", kNameTag, ", \"", place->value, "\", differ"));
    }
    if (!place->value.empty()) {
      name = place->value;
      return absl::OkStatus();
    }
    if (name.empty()) name = MakeUpName();
    place->value = name;
    return absl::OkStatus();
  }
  if (name.empty()) name = MakeUpName();
  tags.insert(place, {kNameTag, name});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Experiment> Tracker::CreateExperiment(const base::WorkspaceId& workspace, NewExperiment experiment) {
  RETURN_IF_ERROR(Normalise(experiment));
  return experiments_.Create(workspace, experiment, clock_.Now());
}

absl::StatusOr<Experiment> Tracker::GetExperiment(const base::WorkspaceId& workspace, const ExperimentId& id) {
  return experiments_.Get(workspace, id);
}

absl::StatusOr<PageOf<Experiment>> Tracker::ListExperiments(const base::WorkspaceId& workspace, const ExperimentQuery& query) {
  return experiments_.List(workspace, query);
}

absl::StatusOr<Experiment> Tracker::RenameExperiment(const base::WorkspaceId& workspace, const ExperimentId& id,
                                                     const std::string& name) {
  RETURN_IF_ERROR(CheckExperimentName(name));
  return experiments_.Rename(workspace, id, name, clock_.Now());
}

absl::StatusOr<Experiment> Tracker::SetExperimentTags(const base::WorkspaceId& workspace, const ExperimentId& id,
                                                      std::vector<KeyValue> tags) {
  RETURN_IF_ERROR(NormaliseTags(tags, kMaxExperimentTagValue));
  return experiments_.SetTags(workspace, id, tags);
}

absl::StatusOr<Experiment> Tracker::DeleteExperimentTag(const base::WorkspaceId& workspace, const ExperimentId& id,
                                                        const std::string& key) {
  return experiments_.DeleteTag(workspace, id, key);
}

absl::StatusOr<Experiment> Tracker::DeleteExperiment(const base::WorkspaceId& workspace, const ExperimentId& id) {
  return experiments_.Delete(workspace, id, clock_.Now());
}

absl::StatusOr<Experiment> Tracker::RestoreExperiment(const base::WorkspaceId& workspace, const ExperimentId& id) {
  return experiments_.Restore(workspace, id, clock_.Now());
}

absl::StatusOr<std::int64_t> Tracker::PurgeExperiment(const base::WorkspaceId& workspace, const ExperimentId& id) {
  return experiments_.Purge(workspace, id);
}

absl::StatusOr<Run> Tracker::CreateRun(const base::WorkspaceId& workspace, NewRun run) {
  RETURN_IF_ERROR(CheckLength("name", run.name, 500));
  RETURN_IF_ERROR(CheckLength("user", run.user, 256));
  if (run.request_id) RETURN_IF_ERROR(CheckLength("request_id", *run.request_id, 200));
  if (run.heartbeat_grace && (*run.heartbeat_grace < absl::Seconds(1) || *run.heartbeat_grace > absl::Hours(24))) {
    return absl::InvalidArgumentError(
        absl::StrCat("heartbeat_grace: ", absl::FormatDuration(*run.heartbeat_grace), " is not 1 s to 1 day"));
  }
  RETURN_IF_ERROR(NormaliseTags(run.tags, kMaxTagValue, /*has_empty_keys=*/true));  // as MLflow takes them here, and only here
  RETURN_IF_ERROR(JoinNameWithTag(run.name, run.tags));
  run.id = NewRunId();
  if (!run.started_at) run.started_at = clock_.Now();
  return runs_.Create(workspace, run);
}

absl::StatusOr<Run> Tracker::GetRun(const base::WorkspaceId& workspace, const RunId& id) { return runs_.Get(workspace, id); }

absl::StatusOr<PageOf<Run>> Tracker::ListRuns(const base::WorkspaceId& workspace, RunQuery query) {
  const std::size_t asked = query.tags.size();
  RETURN_IF_ERROR(NormaliseTags(query.tags));
  if (query.tags.size() != asked) return absl::InvalidArgumentError("tags: names a key twice");
  return runs_.List(workspace, query);
}

absl::StatusOr<Run> Tracker::UpdateRun(const base::WorkspaceId& workspace, const RunId& id, RunChange change, RunDetail detail) {
  if (change.name) {
    RETURN_IF_ERROR(CheckLength("name", *change.name, 500));
    change.tags.push_back({kNameTag, *change.name});
  }
  RETURN_IF_ERROR(NormaliseTags(change.tags));
  return runs_.Update(workspace, id, change, clock_.Now(), detail);
}

absl::StatusOr<Run> Tracker::FinishRun(const base::WorkspaceId& workspace, const RunId& id, RunStatus status) {
  if (!IsFinal(status))
    return absl::InvalidArgumentError(
        absl::StrCat("status: \"", Name(status), "\" does not end a run; FINISHED, FAILED or KILLED do"));
  return runs_.Finish(workspace, id, status, clock_.Now());
}

absl::StatusOr<Run> Tracker::DeleteRunTag(const base::WorkspaceId& workspace, const RunId& id, const std::string& key) {
  return runs_.DeleteTag(workspace, id, key);
}

absl::StatusOr<Run> Tracker::DeleteRun(const base::WorkspaceId& workspace, const RunId& id) {
  return runs_.Delete(workspace, id, clock_.Now());
}

absl::StatusOr<Run> Tracker::RestoreRun(const base::WorkspaceId& workspace, const RunId& id) {
  return runs_.Restore(workspace, id);
}

absl::Status Tracker::PurgeRun(const base::WorkspaceId& workspace, const RunId& id) { return runs_.Purge(workspace, id); }

absl::Status Tracker::LogBatch(const base::WorkspaceId& workspace, const RunId& id, Batch batch) {
  RETURN_IF_ERROR(Normalise(batch));
  return runs_.StartLog(workspace, id, std::move(batch)).get();
}

std::future<absl::Status> Tracker::StartLog(const base::WorkspaceId& workspace, const RunId& id, Batch batch) {
  if (absl::Status status = Normalise(batch, kMaxStreamedMetrics); !status.ok()) return Done(std::move(status));
  return runs_.StartLog(workspace, id, std::move(batch));
}

absl::StatusOr<absl::Time> Tracker::Beat(const base::WorkspaceId& workspace, const RunId& id) {
  return runs_.Beat(workspace, id, clock_.Now());
}

absl::StatusOr<std::int64_t> Tracker::FailLostRuns() { return runs_.FailLost(clock_.Now()); }

absl::StatusOr<std::vector<Point>> Tracker::MetricHistory(const base::WorkspaceId& workspace, const RunId& id,
                                                          const HistoryQuery& query) {
  if (query.key.empty()) return absl::InvalidArgumentError("key: is empty; it names the metric");
  return runs_.History(workspace, id, query);
}

absl::StatusOr<std::vector<Series>> Tracker::MetricCharts(const base::WorkspaceId& workspace, ChartQuery query) {
  RETURN_IF_ERROR(Normalise(query));
  return runs_.Charts(workspace, query);
}

}  // namespace millwright::tracker
