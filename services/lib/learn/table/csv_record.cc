#include "lib/learn/table/csv_record.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
constexpr std::size_t kReadBytes = std::size_t{1} << 18;

// Behind the last line end outside quotes; 0 when there is none. Doubled quotes flip twice, so counting is enough.
std::size_t EndOfRecords(std::string_view text) {
  if (text.find('"') == std::string_view::npos) return text.rfind('\n') + 1;
  std::size_t end = 0;
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') is_quoted = !is_quoted;
    if (text[i] == '\n' && !is_quoted) end = i + 1;
  }
  return end;
}

absl::Status TooLong(std::string_view name, std::size_t line, std::size_t max_bytes, bool is_quoted) {
  return absl::InvalidArgumentError(Cat(name, ": row ", line, ": the line is longer than ", max_bytes, " bytes",
                                        is_quoted ? " (is a quote not closed?)" : "", "; rows must be separated by line ends"));
}

absl::Status HasNul(std::string_view name, std::size_t line) {
  return absl::InvalidArgumentError(Cat(name, ": row ", line, ": has a NUL byte; the file must be text in UTF-8 or CP949"));
}

}  // namespace

RecordReader::RecordReader(ByteSource& source, std::string display_name, std::size_t max_line_bytes, std::size_t max_bytes)
    : source_(source), display_name_(std::move(display_name)), max_line_bytes_(max_line_bytes), max_bytes_(max_bytes) {}

// Reads until the text has `size` bytes or the source has ended.
absl::Status RecordReader::Fill(std::string& text, std::size_t size) {
  while (text.size() < size && !is_ended_) {
    const std::size_t begin = text.size();
    text.resize(begin + kReadBytes);
    const absl::StatusOr<std::size_t> n = source_.Read(std::span(text).subspan(begin));
    text.resize(begin + n.value_or(0));
    if (!n.ok()) return absl::Status(n.status().code(), Cat(display_name_, ": ", n.status().message()));
    is_ended_ = *n == 0;
    read_ += *n;
    if (read_ > max_bytes_)
      return absl::ResourceExhaustedError(Cat(display_name_, ": the file is larger than ", max_bytes_, " bytes"));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> RecordReader::Next(RecordChunk& chunk) {
  RETURN_IF_ERROR(error_);
  chunk.text = std::exchange(carry_, {});
  chunk.first_line = line_;
  std::size_t end = 0;
  for (std::size_t size = kChunkBytes; end == 0; size += kChunkBytes) {
    error_ = Fill(chunk.text, size);
    if (!is_started_ && chunk.text.size() >= 2) {
      is_started_ = true;
      if (chunk.text.starts_with("\xff\xfe") || chunk.text.starts_with("\xfe\xff"))
        return absl::InvalidArgumentError(Cat(display_name_, ": the file is UTF-16; save it as UTF-8 or CP949"));
      if (chunk.text.starts_with("\xef\xbb\xbf")) chunk.text.erase(0, 3);
      if (chunk.text.find('\n') == std::string::npos && chunk.text.find('\r') < chunk.text.size() - 1) {
        return absl::InvalidArgumentError(
            Cat(display_name_, ": its lines end with a carriage return alone; save it with the line ends of Unix or Windows"));
      }
    }
    if (is_ended_ && error_.ok()) {
      end = chunk.text.size();
      break;
    }
    end = EndOfRecords(chunk.text);
    if (end == 0 && chunk.text.size() > max_line_bytes_) {
      if (chunk.text.find('\0') != std::string::npos) return HasNul(display_name_, line_);
      return TooLong(display_name_, line_, max_line_bytes_, chunk.text.find('"') != std::string::npos);
    }
    if (end == 0) RETURN_IF_ERROR(error_);
  }
  carry_ = chunk.text.substr(end);
  chunk.text.resize(end);
  line_ += static_cast<std::size_t>(std::count(chunk.text.begin(), chunk.text.end(), '\n'));
  return end > 0;
}

RecordCursor::RecordCursor(const RecordChunk& chunk, std::string_view display_name, std::size_t max_line_bytes)
    : rest_(chunk.text),
      display_name_(display_name),
      max_line_bytes_(max_line_bytes),
      line_(chunk.first_line),
      has_quotes_(chunk.text.find('"') != std::string::npos),
      has_nul_(chunk.text.find('\0') != std::string::npos) {}

bool RecordCursor::Next(std::string_view& record, std::size_t& line) {
  if (rest_.empty()) return false;
  line = line_;
  std::size_t end = 0;
  bool is_quoted = false;
  for (;;) {
    const std::size_t begin = end;
    end = std::min(rest_.find('\n', begin), rest_.size());
    if (has_quotes_ && std::count(rest_.begin() + begin, rest_.begin() + end, '"') % 2 != 0) is_quoted = !is_quoted;
    if (end == rest_.size()) break;
    ++line_;
    if (!is_quoted) break;
    ++end;
  }
  record = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  if (record.size() > max_line_bytes_) {
    status_ = TooLong(display_name_, line, max_line_bytes_, record.find('\n') != std::string_view::npos);
    return false;
  }
  if (has_nul_ && record.find('\0') != std::string_view::npos) {
    const std::size_t at = line + static_cast<std::size_t>(std::count(
                                      record.begin(), record.begin() + static_cast<std::ptrdiff_t>(record.find('\0')), '\n'));
    status_ = HasNul(display_name_, at);
    return false;
  }
  if (record.ends_with('\r')) record.remove_suffix(1);
  return true;
}

}  // namespace millwright::learn
