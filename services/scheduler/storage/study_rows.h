#pragma once

#include <optional>
#include <vector>

#include "lib/pg/database.h"
#include "scheduler/domain/study.h"

namespace millwright::scheduler {

/// A study's own columns, then its counts and its best trial.
#define SCHEDULER_STUDY_SELECT                                                                                                \
  "SELECT s.id, s.pipeline_run_id, s.step_id, s.name, s.metric, s.maximize, s.sampler, s.seed, s.max_trials, s.parallel, "    \
  "s.space, "                                                                                                                 \
  "       s.state, s.created_at, c.created, c.complete, c.failed, "                                                           \
  "       b.number, b.state, b.attempt, b.params, b.value, b.run_id, b.error, b.started_at, b.ended_at "                      \
  "  FROM scheduler.studies s "                                                                                               \
  " CROSS JOIN LATERAL (SELECT count(*) AS created, count(*) FILTER (WHERE t.state = 'complete') AS complete, "               \
  "                            count(*) FILTER (WHERE t.state = 'failed') AS failed "                                         \
  "                       FROM scheduler.trials t WHERE t.study_id = s.id) c "                                                \
  "  LEFT JOIN LATERAL (SELECT t.number, t.state, t.attempt, t.params, t.value, t.run_id, t.error, t.started_at, t.ended_at " \
  "                       FROM scheduler.trials t WHERE t.study_id = s.id AND t.state = 'complete' "                          \
  "                      ORDER BY CASE WHEN s.maximize THEN -t.value ELSE t.value END, t.number LIMIT 1) b ON true "

Study ReadStudy(const pg::Row& row);
/// number, state, attempt, params, value, run_id, error, started_at, ended_at from column `first`.
Trial ReadTrial(const pg::Row& row, const StudyId& study, int first);

absl::StatusOr<std::vector<Trial>> LoadTrials(pg::Tx& tx, const StudyId& study);

}  // namespace millwright::scheduler
