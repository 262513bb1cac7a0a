#include "lib/learn/table/row_places.h"

#include <algorithm>

#include "lib/learn/text.h"

namespace millwright::learn {

void RowPlaces::Add(std::size_t row, std::size_t file, std::size_t line) {
  if (!runs_.empty()) {
    const Run& last = runs_.back();
    if (last.file == file && line - last.line == row - last.row) return;
  }
  runs_.push_back({row, file, line});
}

const RowPlaces::Run* RowPlaces::Find(std::size_t row) const {
  const auto after =
      std::upper_bound(runs_.begin(), runs_.end(), row, [](std::size_t at, const Run& run) { return at < run.row; });
  return after == runs_.begin() ? nullptr : &*std::prev(after);
}

std::size_t RowPlaces::LineOf(std::size_t row) const {
  const Run* const run = Find(row);
  return run == nullptr ? row + 1 : run->line + (row - run->row);
}

std::size_t RowPlaces::FileOf(std::size_t row) const {
  const Run* const run = Find(row);
  return run == nullptr ? 0 : run->file;
}

std::string RowPlaces::Describe(std::size_t row) const {
  return Cat(files.empty() ? "" : Cat(files[FileOf(row)], ": "), "row ", LineOf(row));
}

}  // namespace millwright::learn
