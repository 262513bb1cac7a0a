#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/learn/table/table.h"
#include "lib/learn/table/values.h"

namespace millwright::learn {

/// Takes the bytes of a file from the left.
using ByteSink = std::function<absl::Status(std::string_view)>;

/// Writes the .mwt form in one pass and bounded memory: "MWTABLE2", then groups of rows, each column of a group as one encoded
/// block; dictionaries of the text columns; a directory of the blocks; a JSON header; where both begin. Not thread-safe.
class TableWriter {
 public:
  TableWriter(std::vector<ColumnSpec> schema, ByteSink sink);

  std::size_t columns() const { return schema_.size(); }
  /// The code under which a text column keeps `text`.
  std::uint32_t Intern(std::size_t column, std::string_view text) { return dictionaries_[column].Intern(text); }
  const Dictionary& dictionary(std::size_t column) const { return dictionaries_[column]; }
  /// Where rows come in: each column takes its numbers (or codes), as many in all of them, before EndRows.
  std::vector<double>& pending(std::size_t column) { return pending_[column]; }
  /// Says that `rows` rows have come in. Writes the groups that are full.
  absl::Status EndRows(std::size_t rows);
  std::size_t rows() const { return rows_; }
  /// What the texts take in memory.
  std::size_t dictionary_bytes() const;
  absl::Status Finish();

 private:
  absl::Status WriteGroup(std::size_t rows);
  absl::Status Write(std::string_view bytes);

  std::vector<ColumnSpec> schema_;
  ByteSink sink_;
  std::size_t shift_ = 0;  // a group has 2^shift_ rows
  std::vector<std::vector<double>> pending_;
  std::vector<Dictionary> dictionaries_;
  std::string directory_;
  EncodedBlock block_;
  std::size_t written_ = 0;
  std::size_t rows_ = 0;
  std::size_t waiting_ = 0;  // rows in pending_
};

/// A file that appears under its name when it is whole. Gone without a trace when `Commit` was not called.
class NewFile {
 public:
  static absl::StatusOr<std::unique_ptr<NewFile>> Create(const std::filesystem::path& path);
  ~NewFile();
  absl::Status Write(std::string_view bytes);
  absl::Status Commit();

 private:
  NewFile(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}
  absl::Status Flush(std::string_view bytes);

  int fd_;
  std::filesystem::path path_;
  std::string buffer_;
};

/// Writes the rows of `table` that `is_kept` wants (all when it is empty), in their order.
absl::Status WriteRows(const Table& table, const std::function<bool(std::size_t row)>& is_kept, const ByteSink& sink);

/// A table whose columns read `bytes` in place; `keeper` holds them. InvalidArgument when they are no whole .mwt table.
absl::StatusOr<Table> ReadTable(std::string_view bytes, std::shared_ptr<const void> keeper, std::string_view display_name);

/// Maps a file into memory, read-only.
absl::StatusOr<std::pair<std::string_view, std::shared_ptr<const void>>> MapFile(const std::filesystem::path& path);

}  // namespace millwright::learn
