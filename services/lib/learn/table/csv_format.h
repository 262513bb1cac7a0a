#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/table/csv.h"
#include "lib/learn/table/csv_cell.h"

namespace millwright::learn {

/// One record of a CSV file without its line end, and the line (from 1) it begins in.
struct CsvRecord {
  std::string_view text;
  std::size_t line = 0;
};

/// What a file's cells are.
struct CsvFormat {
  char delimiter = ',';
  bool has_header = false;
  std::vector<ColumnSpec> columns;
  std::vector<CsvColumn::Type> types;  // none is kDetect
  std::vector<bool> has_comma;         // of number columns: decimals stand after a comma
  std::vector<std::string> warnings;
};

/// Finds what the options leave open in a file's first records that are not blank.
absl::StatusOr<CsvFormat> DetectFormat(const std::vector<CsvRecord>& sample, std::string_view name, const CsvOptions& options,
                                       TextDecoder& decoder);

}  // namespace millwright::learn
