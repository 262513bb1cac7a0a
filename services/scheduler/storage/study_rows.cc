#include "scheduler/storage/study_rows.h"

#include "lib/base/check.h"
#include "lib/base/status_macros.h"

namespace millwright::scheduler {
namespace {

constexpr pg::Statement kTrials{"study_trials", R"sql(
  SELECT number, state, attempt, params, value, run_id, error, started_at, ended_at
    FROM scheduler.trials
   WHERE study_id = $1
   ORDER BY number
)sql"};

}  // namespace

Trial ReadTrial(const pg::Row& row, const StudyId& study, int first) {
  return {.study = study,
          .number = static_cast<int>(row.Int(first)),
          .state = TrialStateFromName(row.Text(first + 1)),
          .attempt = static_cast<int>(row.Int(first + 2)),
          .params = row.Json(first + 3),
          .value = row.OptionalDouble(first + 4),
          .run_id = row.Text(first + 5),
          .error = row.Text(first + 6),
          .started_at = row.OptionalTime(first + 7),
          .ended_at = row.OptionalTime(first + 8)};
}

Study ReadStudy(const pg::Row& row) {
  absl::StatusOr<std::vector<Distribution>> space = ParseSpace(row.Json(10), "space");
  CHECK_OK(space.status());
  Study study{.id = StudyId(row.Text(0)),
              .pipeline_run = PipelineRunId(row.Text(1)),
              .step_id = row.Text(2),
              .name = row.Text(3),
              .metric = row.Text(4),
              .maximize = row.Bool(5),
              .sampler = row.Text(6),
              .seed = row.Int(7),
              .max_trials = static_cast<int>(row.Int(8)),
              .parallel = static_cast<int>(row.Int(9)),
              .space = *std::move(space),
              .state = StateFromName(row.Text(11)),
              .created_trials = static_cast<int>(row.Int(13)),
              .complete_trials = static_cast<int>(row.Int(14)),
              .failed_trials = static_cast<int>(row.Int(15)),
              .created_at = row.Time(12)};
  if (!row.IsNull(16)) study.best_trial = ReadTrial(row, study.id, 16);
  return study;
}

absl::StatusOr<std::vector<Trial>> LoadTrials(pg::Tx& tx, const StudyId& study) {
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kTrials, study));
  std::vector<Trial> trials;
  for (const pg::Row& row : rows) trials.push_back(ReadTrial(row, study, 0));
  return trials;
}

}  // namespace millwright::scheduler
