#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/features/matrix.h"

namespace millwright::learn {

/// The features that a head, or a member of an ensemble, takes.
struct FeatureChoice {
  std::vector<std::size_t> columns;  // rising; empty: all of them
  FeatureLayout layout;              // of the chosen ones
};

/// Those whose name one of the patterns fits (* for any text); all when there are none. InvalidArgument for a pattern that fits
/// nothing, or a choice that takes a part of the sequence only.
absl::StatusOr<FeatureChoice> ChooseFeatures(const FeatureLayout& layout, std::span<const std::string> patterns);

/// Some columns of each row, in the order given; all when there are none.
FeatureMatrix TakeColumns(const FeatureMatrix& matrix, std::span<const std::size_t> columns);

}  // namespace millwright::learn
