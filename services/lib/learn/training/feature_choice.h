#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/features/matrix.h"

namespace millwright::learn {

/// The features that a head takes.
struct FeatureChoice {
  std::vector<std::size_t> columns;  // rising; empty: all of them
  FeatureLayout layout;              // of the chosen ones
};

/// Those whose name one of the patterns fits (* for any text); all when there are none. InvalidArgument for a pattern that fits
/// nothing, or a choice that takes a part of the sequence only.
absl::StatusOr<FeatureChoice> ChooseFeatures(const FeatureLayout& layout, std::span<const std::string> patterns);

}  // namespace millwright::learn
