#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/bundle/bundle.h"
#include "lib/learn/evaluation/head_rows.h"
#include "lib/learn/table/table.h"

namespace millwright::learn {

/// A baseline's answers on the rows that a bundle was scored on.
struct Baseline {
  std::string name;
  HeadRows rows;
};

/// One list for each head of the bundle: its baselines, trained again on the training rows of the bundle's own table with the
/// bundle's features, as `scored`, which the bundle answered for on `table`, has its rows. A long training table is thinned.
absl::StatusOr<std::vector<std::vector<Baseline>>> RefitBaselines(const Bundle& bundle, const Table& training, const Table& table,
                                                                  const ScoredTable& scored, const EvaluateOptions& options);

}  // namespace millwright::learn
