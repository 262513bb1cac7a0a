#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/evaluation/report.h"
#include "nlohmann/json.hpp"
#include "trainer-worker/tasks/sample.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

/// The version in Production beside a candidate. It is measured only on rows that neither of them was trained on: on its own
/// training rows it would look better than it is, and refuse every retraining.
struct Champion {
  registry::v1::ModelVersion version;
  std::size_t rows = 0;       // that the champion has scored
  std::size_t seen_rows = 0;  // of them, those that one of both was trained on or chosen by
  bool is_lineage_known = true;
  bool is_comparable = true;                  // enough rows are left
  absl::StatusOr<learn::ScoredTable> scored;  // on the rows that are left; else why there is no figure

  /// {"model","version","content_hash"[,"seen_rows","compared_rows","seen_in_training","error"]} for the evaluation document.
  nlohmann::json ToJson(const std::string& model) const;
  /// What a reader of the comparison must know first; empty when it is on all rows and nothing is unknown.
  std::string Warning() const;
};

/// Leaves a champion that has scored all rows those that are not seen (one a table row), or a reason instead of figures when they
/// are fewer than 30, or of fewer than 2 assets where there are more.
void LeaveOutSeen(const std::vector<bool>& seen, Champion& champion);

/// None without a version in Production. `seen_by_candidate` has one a row of the sample's table, or is empty.
absl::StatusOr<std::optional<Champion>> FindChampion(const std::string& model, const Sample& sample,
                                                     const std::vector<bool>& seen_by_candidate,
                                                     const learn::ReportOptions& options, TaskContext& context);

/// The champion's plain metrics on all the rows of the sample, as its own evaluation in the registry; empty where it has seen
/// some of them or could not score them.
std::map<std::string, double> MetricsOf(const Champion& champion, const Sample& sample, const learn::PipelineSpec& pipeline,
                                        learn::ReportOptions options);

}  // namespace millwright::trainer
