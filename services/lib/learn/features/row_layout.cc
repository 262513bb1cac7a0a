#include "lib/learn/features/row_layout.h"

#include <algorithm>

#include "lib/base/status_macros.h"
#include "lib/learn/text.h"

namespace millwright::learn {

absl::StatusOr<std::size_t> RowLayout::Raw(std::string_view name, bool is_text) {
  for (const Input& input : inputs_) {
    if (input.name != name) continue;
    if (input.is_text != is_text)
      return absl::InvalidArgumentError(Cat("features.steps: column \"", name, "\" is read as a text and as a number"));
    return input.place;
  }
  inputs_.push_back({.name = std::string(name), .is_text = is_text, .place = width_});
  return width_++;
}

absl::StatusOr<std::size_t> RowLayout::Add(std::string name) {
  if (std::any_of(columns_.begin(), columns_.end(), [&](const Column& column) { return column.name == name; }))
    return absl::InvalidArgumentError(Cat("features.steps: there is a column \"", name, "\" already; choose another name"));
  columns_.push_back({.name = std::move(name), .place = width_});
  return width_++;
}

void RowLayout::Remove(std::string_view name) {
  std::erase_if(columns_, [&](const Column& column) { return column.name == name; });
}

absl::StatusOr<std::vector<std::size_t>> RowLayout::Positions(std::span<const std::string> names) const {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; names.empty() && i < columns_.size(); ++i) positions.push_back(i);
  for (const std::string& name : names) {
    const auto it = std::find_if(columns_.begin(), columns_.end(), [&](const Column& column) { return column.name == name; });
    if (it == columns_.end()) {
      std::vector<std::string> known;
      for (const Column& column : columns_) known.push_back(column.name);
      return absl::InvalidArgumentError(
          Cat("features.steps: column \"", name, "\" is not among the selected ones: ", Join(known)));
    }
    positions.push_back(static_cast<std::size_t>(it - columns_.begin()));
  }
  return positions;
}

absl::StatusOr<std::vector<std::size_t>> RowLayout::Places(std::span<const std::string> names) const {
  ASSIGN_OR_RETURN(std::vector<std::size_t> places, Positions(names));
  for (std::size_t& place : places) place = columns_[place].place;
  return places;
}

}  // namespace millwright::learn
