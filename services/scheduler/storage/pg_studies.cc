#include "scheduler/storage/pg_studies.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "scheduler/storage/study_rows.h"

namespace millwright::scheduler {
namespace {

constexpr pg::Statement kStudy{"study", SCHEDULER_STUDY_SELECT "WHERE s.workspace_id = $1 AND s.id = $2"};

constexpr pg::Statement kStudies{
    "studies", SCHEDULER_STUDY_SELECT
    "WHERE s.workspace_id = $1 AND (s.created_at, s.id) < ($2, $3) ORDER BY s.created_at DESC, s.id DESC LIMIT $4"};

constexpr pg::Statement kTrials{"trials", R"sql(
  SELECT number, state, attempt, params, value, run_id, error, started_at, ended_at
    FROM scheduler.trials
   WHERE study_id = $1 AND number > $2
   ORDER BY number
   LIMIT $3
)sql"};

constexpr pg::Statement kValues{"trial_values", R"sql(
  SELECT number, step, value
    FROM scheduler.trial_values
   WHERE study_id = $1 AND number BETWEEN $2 AND $3
   ORDER BY number, step
)sql"};

absl::StatusOr<Study> FindStudy(pg::Tx& tx, const base::WorkspaceId& workspace, const StudyId& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kStudy, workspace, id));
  if (!row) return absl::NotFoundError(absl::StrCat("there is no study \"", id.value(), "\""));
  return ReadStudy(*row);
}

}  // namespace

absl::StatusOr<Study> PgStudies::Get(const base::WorkspaceId& workspace, const StudyId& id) {
  return db_.Transact([&](pg::Tx& tx) { return FindStudy(tx, workspace, id); });
}

absl::StatusOr<std::vector<Study>> PgStudies::List(const base::WorkspaceId& workspace,
                                                   const std::optional<std::pair<absl::Time, std::string>>& after, int limit) {
  const auto cursor = after.value_or(std::pair<absl::Time, std::string>{absl::FromUnixSeconds(253'402'300'000), ""});
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Study>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kStudies, workspace, cursor.first, cursor.second, limit));
    std::vector<Study> result;
    for (const pg::Row& row : rows) result.push_back(ReadStudy(row));
    return result;
  });
}

absl::StatusOr<std::vector<Trial>> PgStudies::Trials(const base::WorkspaceId& workspace, const StudyId& id, int after,
                                                     int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Trial>> {
    RETURN_IF_ERROR(FindStudy(tx, workspace, id).status());
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kTrials, id, after, limit));
    std::vector<Trial> trials;
    for (const pg::Row& row : rows) trials.push_back(ReadTrial(row, id, 0));
    if (trials.empty()) return trials;
    ASSIGN_OR_RETURN(const std::vector<pg::Row> values, tx.Many(kValues, id, trials.front().number, trials.back().number));
    auto trial = trials.begin();
    for (const pg::Row& row : values) {
      while (trial != trials.end() && trial->number < row.Int(0)) ++trial;
      if (trial != trials.end() && trial->number == row.Int(0)) trial->intermediate_values.push_back({row.Int(1), row.Double(2)});
    }
    return trials;
  });
}

}  // namespace millwright::scheduler
