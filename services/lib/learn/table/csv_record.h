#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/learn/table/byte_source.h"

namespace millwright::learn {

/// Whole records of a CSV file, and the line (from 1) the first begins in.
struct RecordChunk {
  std::string text;
  std::size_t first_line = 1;
};

/// Cuts bytes into chunks of about a megabyte that end where a record ends: at a line end outside quotes. Memory is bounded by
/// the longest line allowed.
class RecordReader {
 public:
  RecordReader(ByteSource& source, std::string display_name, std::size_t max_line_bytes, std::size_t max_bytes);

  /// False at the end. InvalidArgument for a line that is too long, ResourceExhausted for a file that is too large; messages
  /// begin with the name. What stands before an error is given first.
  absl::StatusOr<bool> Next(RecordChunk& chunk);

 private:
  absl::Status Fill(std::string& text, std::size_t size);

  ByteSource& source_;
  std::string display_name_;
  std::size_t max_line_bytes_;
  std::size_t max_bytes_;
  std::size_t read_ = 0;
  std::size_t line_ = 1;
  std::string carry_;  // the begin of a record whose end has not been read
  bool is_started_ = false;
  bool is_ended_ = false;
  absl::Status error_;  // for when the records before it have been given
};

/// Walks over the records of a chunk.
class RecordCursor {
 public:
  RecordCursor(const RecordChunk& chunk, std::string_view display_name, std::size_t max_line_bytes);

  /// The next record without its line end, and its line. False at the end, or when status() is an error: a NUL byte, a line that
  /// is too long.
  bool Next(std::string_view& record, std::size_t& line);
  const absl::Status& status() const { return status_; }

 private:
  std::string_view rest_;
  std::string_view display_name_;
  std::size_t max_line_bytes_;
  std::size_t line_;
  bool has_quotes_;
  bool has_nul_;
  absl::Status status_;
};

}  // namespace millwright::learn
