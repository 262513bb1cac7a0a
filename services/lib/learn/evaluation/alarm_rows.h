#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "lib/learn/evaluation/alarms.h"
#include "lib/learn/evaluation/head_rows.h"

namespace millwright::learn {

/// A head's alarms on all scored rows (those of unknown truth too) against the windows in which an alarm is right: before each
/// failure, as far as the target's horizon reaches; for a rul head with `below` the last `within` of each life; for a class, the
/// runs of its rows. Windows without a scored row are left out. None for a head that does not alarm, or without times and assets.
absl::StatusOr<std::optional<AlarmJudgement>> JudgeAlarms(const Table& table, const PipelineSpec& pipeline,
                                                          const ScoredRows& rows, const HeadRows& head,
                                                          const AlarmOptions& options);

}  // namespace millwright::learn
