#include "lib/learn/table/csv_duplicates.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

std::string ValueText(const Column& column, std::size_t row) {
  return column.spec.type == ColumnType::kText ? Cat("\"", column.texts[row], "\"") : Shortest(column.numbers[row]);
}

// What differs between two rows, as "temperature is 3.5 there and 3.7 here"; none when nothing does.
std::optional<std::string> Difference(const Table& table, std::size_t there, std::size_t here) {
  for (const Column& column : table.columns()) {
    const std::string before = ValueText(column, there);
    const std::string after = ValueText(column, here);
    if (before != after) return Cat(column.spec.name, " is ", before, " there and ", after, " here");
  }
  return std::nullopt;
}

absl::Status Refused(const Table& table, const RowPlaces& places, std::size_t there, std::size_t here) {
  const Column* const asset = table.FindRole(ColumnRole::kAsset);
  const Column& time = *table.FindRole(ColumnRole::kTime);
  const std::string who = asset == nullptr ? "there is" : Cat("asset \"", ValueName(*asset, here), "\" has");
  const bool is_same_file = places.FileOf(here) == places.FileOf(there);
  return absl::InvalidArgumentError(
      Cat(places.Describe(here), ": ", who, " a row at ", time.spec.name, " ", TimeText(time, here), " already, row ",
          places.LineOf(there), is_same_file ? "" : Cat(" of ", places.files[places.FileOf(there)]), " (",
          Difference(table, there, here).value_or("the rows are equal"), "); an asset has one row per time",
          asset == nullptr ? " (without a column of role asset all rows are of one)" : "",
          "; set the format's duplicates to first, last or drop_equal to keep one of them"));
}

}  // namespace

absl::StatusOr<std::vector<std::size_t>> FindDuplicates(const Table& table, const RowPlaces& places, DuplicateRows rule) {
  const Column* const asset = table.FindRole(ColumnRole::kAsset);
  const Column& time = *table.FindRole(ColumnRole::kTime);
  const bool is_text = asset != nullptr && asset->spec.type == ColumnType::kText;
  const auto key = [&](std::size_t row) {
    const double number = is_text ? asset->texts.Code(row) : asset != nullptr ? asset->numbers[row] : 0;
    return std::pair(std::isnan(number) ? -1.0 : number, time.numbers[row]);
  };
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (!std::isnan(time.numbers[row])) rows.push_back(row);
  }
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  std::vector<std::size_t> dropped;
  std::optional<std::pair<std::size_t, std::size_t>> refused;  // the first row that may not be there, and what it repeats
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin + 1;
    while (end < rows.size() && key(rows[end]) == key(rows[begin])) ++end;
    for (std::size_t i = begin + 1; i < end; ++i) {
      const bool is_dropped = rule == DuplicateRows::kFirst || rule == DuplicateRows::kLast ||
                              (rule == DuplicateRows::kDropEqual && !Difference(table, rows[begin], rows[i]));
      if (is_dropped)
        dropped.push_back(rule == DuplicateRows::kLast ? rows[i - 1] : rows[i]);
      else if (!refused || rows[i] < refused->first)
        refused = {rows[i], rows[i - 1]};
    }
    begin = end;
  }
  if (refused) return Refused(table, places, refused->second, refused->first);
  std::sort(dropped.begin(), dropped.end());
  return dropped;
}

}  // namespace millwright::learn
