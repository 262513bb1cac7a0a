#pragma once

#include "absl/status/statusor.h"
#include "lib/search/clause.h"

namespace millwright::search {

/// Gives the sides of a comparison their meaning. The operator is not judged yet, as MLflow judges all of them after this
/// (except with logged models).
absl::StatusOr<Comparison> ResolveComparison(const Clause& clause, const std::vector<Token>& tokens, const Schema& schema);

/// InvalidArgument unless the field takes the operator and the value goes with it. Sets `comparison.op`.
absl::Status ResolveOperator(const Clause& clause, const Schema& schema, Comparison& comparison);

}  // namespace millwright::search
