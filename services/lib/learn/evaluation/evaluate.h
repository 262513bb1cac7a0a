#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "lib/learn/bundle/bundle.h"
#include "lib/learn/evaluation/head_rows.h"
#include "lib/learn/table/table.h"

namespace millwright::learn {

struct Evaluation {
  std::map<std::string, double> metrics;  // names in the README
  Table predictions;                      // asset, time, truth, prediction
};

/// Scores a bundle on a table by the same steps as serving, so predictions are equal to the bit. Rows whose truth is unknown or
/// whose history is too short are left out; FailedPrecondition when none is left.
absl::StatusOr<Evaluation> Evaluate(const Bundle& bundle, const Table& table, const EvaluateOptions& options = {});

/// The predictions table of scored rows: asset and time under their own names, `truth`, `prediction` (and `<head>.truth`,
/// `<head>.prediction`).
absl::StatusOr<Table> PredictionTable(const PipelineSpec& pipeline, const Table& table, const ScoredTable& scored);

}  // namespace millwright::learn
