#include <cmath>
#include <utility>

#include "lib/learn/table/csv.h"
#include "lib/learn/text.h"

namespace millwright::learn {

std::string WriteCsv(const Table& table) {
  std::string out;
  const auto append_text = [&](const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) {
      out += text;
      return;
    }
    out += '"';
    for (const char c : text) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  };
  bool is_first = true;
  for (const Column& column : table.columns()) {
    if (!std::exchange(is_first, false)) out += ',';
    append_text(column.spec.name);
  }
  out += '\n';
  for (std::size_t row = 0; row < table.rows(); ++row) {
    is_first = true;
    for (const Column& column : table.columns()) {
      if (!std::exchange(is_first, false)) out += ',';
      if (column.spec.type == ColumnType::kText)
        append_text(column.texts[row]);
      else if (!std::isnan(column.numbers[row]))
        out += Shortest(column.numbers[row]);
    }
    out += '\n';
  }
  return out;
}

}  // namespace millwright::learn
