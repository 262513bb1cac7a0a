#include "tracker/storage/run_rows.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace millwright::tracker {

std::string ArtifactUri(const std::string& location, const ExperimentId& experiment, const RunId& run) {
  const std::string root = location.empty() ? DefaultArtifactLocation(experiment) : location;
  return absl::StrCat(absl::StripSuffix(root, "/"), "/", run.value(), "/artifacts");
}

Run ReadRun(const pg::Row& row) {
  Run run;
  run.id = RunId(row.Text(1));
  run.experiment_id = ExperimentId(row.Text(2));
  run.name = row.Text(3);
  run.status = ParseRunStatus(row.Text(4));
  run.started_at = row.Time(5);
  run.ended_at = row.OptionalTime(6);
  run.created_by = row.Text(7);
  run.is_deleted = row.Bool(8);
  run.user = row.Text(9);
  run.status_reason = row.Text(10);
  if (const auto seconds = row.OptionalInt(11)) run.heartbeat_grace = absl::Seconds(*seconds);
  run.artifact_uri = ArtifactUri(row.Text(12), run.experiment_id, run.id);
  return run;
}

}  // namespace millwright::tracker
