#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace millwright::learn {

/// Where the rows of a table stand in the files they came from.
class RowPlaces {
 public:
  /// Rows come in order; `file` is an index of `files`.
  void Add(std::size_t row, std::size_t file, std::size_t line);
  std::size_t LineOf(std::size_t row) const;
  std::size_t FileOf(std::size_t row) const;
  /// "train.csv: row 17".
  std::string Describe(std::size_t row) const;

  std::vector<std::string> files;

 private:
  struct Run {
    std::size_t row = 0;
    std::size_t file = 0;
    std::size_t line = 0;
  };
  const Run* Find(std::size_t row) const;
  std::vector<Run> runs_;  // lines and rows go on together within one
};

}  // namespace millwright::learn
