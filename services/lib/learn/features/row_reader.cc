#include "lib/learn/features/row_reader.h"

#include "lib/base/status_macros.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/text.h"

namespace millwright::learn {

absl::StatusOr<RowReader> RowReader::Open(const Table& table, std::span<const RowLayout::Input> inputs,
                                          std::span<const TextCategories* const> categories) {
  RowReader reader;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].is_text) {
      ASSIGN_OR_RETURN(reader.columns_.emplace_back(), table.GetNumber(inputs[i].name));
    } else {
      ASSIGN_OR_RETURN(const Column* column, table.Get(inputs[i].name));
      if (column->spec.type != ColumnType::kText)
        return absl::InvalidArgumentError(Cat("column \"", inputs[i].name, "\" holds numbers and must hold texts"));
      reader.columns_.push_back(column);
    }
    reader.categories_.push_back(categories[i]);
  }
  return reader;
}

double RowReader::Get(std::size_t input, std::size_t row) const {
  const Column& column = *columns_[input];
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  if (column.spec.type == ColumnType::kNumber) {
    const double value = column.numbers[row];
    return std::abs(value) <= kMostReading ? value : kMissing;
  }
  if (categories_[input] == nullptr) return kMissing;
  return CategoryNumber(*categories_[input], column.texts[row]);
}

}  // namespace millwright::learn
