#include "lib/learn/table/csv_record.h"

#include <algorithm>
#include <cstring>

#include "absl/status/status.h"
#include "lib/base/status_macros.h"
#include "lib/learn/text.h"

namespace millwright::learn {

RecordReader::RecordReader(ByteSource& source, std::size_t max_line_bytes, std::size_t max_bytes)
    : source_(source), max_line_bytes_(max_line_bytes), max_bytes_(max_bytes), buffer_(std::size_t{1} << 18) {}

absl::StatusOr<bool> RecordReader::Refill(std::string_view display_name) {
  absl::StatusOr<std::size_t> n = source_.Read(buffer_);
  if (!n.ok()) return absl::Status(n.status().code(), Cat(display_name, ": ", n.status().message()));
  begin_ = 0;
  end_ = *n;
  read_ += end_;
  if (read_ > max_bytes_)
    return absl::ResourceExhaustedError(Cat(display_name, ": the file is larger than ", max_bytes_, " bytes"));
  if (!is_started_ && end_ >= 2 &&
      ((buffer_[0] == '\xff' && buffer_[1] == '\xfe') || (buffer_[0] == '\xfe' && buffer_[1] == '\xff'))) {
    return absl::InvalidArgumentError(Cat(display_name, ": the file is UTF-16; save it as UTF-8 or CP949"));
  }
  return end_ > 0;
}

absl::StatusOr<bool> RecordReader::Next(Record& record, std::string_view display_name) {
  record.text.clear();
  record.line = line_;
  bool is_quoted = false;
  for (;;) {
    if (begin_ == end_) {
      ASSIGN_OR_RETURN(const bool is_more, Refill(display_name));
      if (!is_more && !record.text.empty()) break;
      if (!is_more) return false;
    }
    const char* const from = buffer_.data() + begin_;
    const char* const newline = static_cast<const char*>(std::memchr(from, '\n', end_ - begin_));
    const std::size_t size = newline != nullptr ? static_cast<std::size_t>(newline - from) : end_ - begin_;
    if (record.text.size() + size > max_line_bytes_) {
      return absl::InvalidArgumentError(Cat(display_name, ": row ", record.line, ": the line is longer than ", max_line_bytes_,
                                            " bytes", is_quoted ? " (is a quote not closed?)" : "",
                                            "; rows must be separated by line ends"));
    }
    const std::string_view part(from, size);
    if (part.find('\0') != std::string_view::npos) {
      return absl::InvalidArgumentError(
          Cat(display_name, ": row ", line_, ": has a NUL byte; the file must be text in UTF-8 or CP949"));
    }
    // Inside quotes a line end belongs to the cell. Doubled quotes flip twice, so counting is enough.
    if (std::count(part.begin(), part.end(), '"') % 2 != 0) is_quoted = !is_quoted;
    record.text.append(part);
    begin_ += size;
    if (newline == nullptr) continue;
    ++begin_;
    ++line_;
    if (!is_quoted) break;
    record.text += '\n';
  }
  if (!is_started_ && record.text.starts_with("\xef\xbb\xbf")) record.text.erase(0, 3);
  is_started_ = true;
  if (record.text.ends_with('\r')) record.text.pop_back();
  return true;
}

namespace {

void SplitBlanks(std::string_view record, std::vector<std::string_view>& cells) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  std::size_t i = 0;
  while (true) {
    while (i < record.size() && is_blank(record[i])) ++i;
    if (i == record.size()) return;
    const std::size_t begin = i;
    while (i < record.size() && !is_blank(record[i])) ++i;
    cells.push_back(record.substr(begin, i - begin));
  }
}

}  // namespace

bool SplitRecord(std::string_view record, char delimiter, std::vector<std::string_view>& cells, std::string& unquoted) {
  cells.clear();
  if (delimiter == ' ') {
    SplitBlanks(record, cells);
    return true;
  }
  if (record.find('"') == std::string_view::npos) {
    std::size_t begin = 0;
    for (;;) {
      const void* const found = std::memchr(record.data() + begin, delimiter, record.size() - begin);
      if (found == nullptr) break;
      const std::size_t end = static_cast<std::size_t>(static_cast<const char*>(found) - record.data());
      cells.push_back(record.substr(begin, end - begin));
      begin = end + 1;
    }
    cells.push_back(record.substr(begin));
    return true;
  }
  unquoted.clear();
  unquoted.reserve(record.size());  // so that views into it stay
  std::size_t i = 0;
  for (;;) {
    std::size_t start = i;
    while (start < record.size() && record[start] == ' ') ++start;
    if (start < record.size() && record[start] == '"') {
      const std::size_t begin = unquoted.size();
      i = start + 1;
      for (;; ++i) {
        if (i == record.size()) return false;
        if (record[i] == '"') {
          if (i + 1 == record.size() || record[i + 1] != '"') break;
          ++i;
        }
        unquoted += record[i];
      }
      ++i;
      while (i < record.size() && record[i] == ' ') ++i;
      if (i < record.size() && record[i] != delimiter) return false;
      cells.push_back(std::string_view(unquoted).substr(begin));
    } else {
      const std::size_t end = std::min(record.find(delimiter, i), record.size());
      cells.push_back(record.substr(i, end - i));
      i = end;
    }
    if (i == record.size()) return true;
    ++i;
  }
}

}  // namespace millwright::learn
