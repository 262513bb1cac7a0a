#include "lib/learn/features/feature_choice.h"

#include <algorithm>

#include "lib/learn/name_pattern.h"
#include "lib/learn/text.h"

namespace millwright::learn {

absl::StatusOr<FeatureChoice> ChooseFeatures(const FeatureLayout& layout, std::span<const std::string> patterns) {
  if (patterns.empty()) return FeatureChoice{.layout = layout};
  std::vector<bool> is_chosen(layout.names.size());
  for (const std::string& pattern : patterns) {
    bool fits = false;
    for (std::size_t i = 0; i < layout.names.size(); ++i) {
      if (!Matches(pattern, layout.names[i])) continue;
      is_chosen[i] = true;
      fits = true;
    }
    if (!fits)
      return absl::InvalidArgumentError(
          Cat("no feature is called \"", pattern.substr(0, 100), "\"; the first is \"", layout.names[0], "\""));
  }
  FeatureChoice choice;
  for (std::size_t i = 0; i < is_chosen.size(); ++i) {
    if (!is_chosen[i]) continue;
    choice.columns.push_back(i);
    choice.layout.names.push_back(layout.names[i]);
  }
  if (!layout.sequence) return choice;
  const FeatureLayout::Sequence& sequence = *layout.sequence;
  const auto begin = is_chosen.begin() + static_cast<std::ptrdiff_t>(sequence.begin);
  const std::size_t length = sequence.rows * sequence.columns;
  const auto taken = static_cast<std::size_t>(std::count(begin, begin + static_cast<std::ptrdiff_t>(length), true));
  if (taken != 0 && taken != length)
    return absl::InvalidArgumentError(Cat("takes ", taken, " of the sequence's ", length, " values; take all or none of them"));
  if (taken == length) {
    const auto before = static_cast<std::size_t>(std::count(is_chosen.begin(), begin, true));
    choice.layout.sequence = {.begin = before, .rows = sequence.rows, .columns = sequence.columns};
  }
  return choice;
}

FeatureMatrix TakeColumns(const FeatureMatrix& matrix, std::span<const std::size_t> columns) {
  if (columns.empty()) return matrix;
  FeatureMatrix taken{.rows = matrix.rows, .columns = columns.size()};
  taken.values.reserve(matrix.rows * columns.size());
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    for (const std::size_t column : columns) taken.values.push_back(matrix.values[row * matrix.columns + column]);
  }
  return taken;
}

}  // namespace millwright::learn
