#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/table/byte_source.h"

namespace millwright::learn {

/// One record of a CSV file without its line end, and the line (from 1) it begins in.
struct Record {
  std::string text;
  std::size_t line = 0;
};

/// Cuts bytes into records: lines, except that quotes may hold line ends. Memory is bounded by the longest line allowed.
class RecordReader {
 public:
  RecordReader(ByteSource& source, std::size_t max_line_bytes, std::size_t max_bytes);

  /// False at the end. InvalidArgument for a line that is too long or holds a NUL byte, ResourceExhausted for a file that is too
  /// large; messages begin with `display_name`.
  absl::StatusOr<bool> Next(Record& record, std::string_view display_name);

 private:
  absl::StatusOr<bool> Refill(std::string_view display_name);

  ByteSource& source_;
  std::size_t max_line_bytes_;
  std::size_t max_bytes_;
  std::size_t read_ = 0;
  std::size_t line_ = 1;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool is_started_ = false;
};

/// Splits a record; views point into `record` or `unquoted` and live as long as both. False when quotes are broken. ' ' is runs
/// of blanks.
bool SplitRecord(std::string_view record, char delimiter, std::vector<std::string_view>& cells, std::string& unquoted);

}  // namespace millwright::learn
