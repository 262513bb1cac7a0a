#include "lib/learn/table/csv_cell.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "lib/base/utf8.h"
#include "lib/learn/table/encoding.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kExcerptBytes = 40;

}  // namespace

std::string_view TrimCell(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool IsBlankLine(std::string_view line) { return line.find_first_not_of(' ') == std::string_view::npos; }

bool IsMissingCell(std::string_view cell) {
  switch (cell.size()) {
    case 0:
      return true;
    case 1:
      return cell == "-" || cell == "?";
    case 2:
      return cell == "NA" || cell == "na";
    case 3:
      return cell == "NaN" || cell == "nan" || cell == "NAN" || cell == "N/A";
    case 4:
      return cell == "null" || cell == "NULL" || cell == "None";
    default:
      return false;
  }
}

std::optional<double> ParseNumber(std::string_view cell) {
  if (cell.size() > 1 && cell.front() == '+' && cell[1] != '-') cell.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error == std::errc::result_out_of_range && end == cell.data() + cell.size()) {
    // Too small to be told from 0 is fine, too large is not.
    value = std::strtod(std::string(cell).c_str(), nullptr);
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
  }
  if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> ParseCommaNumber(std::string_view cell) {
  if (cell.find('.') != std::string_view::npos) return std::nullopt;
  const std::size_t comma = cell.find(',');
  if (comma == std::string_view::npos) return ParseNumber(cell);
  char buffer[64];
  if (cell.size() > sizeof buffer) return std::nullopt;
  std::copy(cell.begin(), cell.end(), buffer);
  buffer[comma] = '.';
  return ParseNumber({buffer, cell.size()});
}

std::optional<double> ParseTruth(std::string_view cell) {
  static constexpr std::pair<std::string_view, std::string_view> kPairs[] = {
      {"yes", "no"}, {"true", "false"}, {"y", "n"}, {"t", "f"}, {"on", "off"}, {"ja", "nein"}, {"oui", "non"}, {"예", "아니오"}};
  std::string word(cell.substr(0, 16));
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const auto& [yes, no] : kPairs) {
    if (word == yes) return 1;
    if (word == no) return 0;
  }
  return std::nullopt;
}

std::string QuoteCell(std::string_view cell) {
  return Cat("\"", base::Utf8Excerpt({cell.data(), cell.size()}, kExcerptBytes), cell.size() > kExcerptBytes ? "…" : "", "\"");
}

absl::StatusOr<std::string> TextDecoder::Decode(std::string_view cell) {
  using Encoding = CsvOptions::Encoding;
  if (IsAscii(cell)) return std::string(cell);
  const bool may_be_utf8 = encoding_ == Encoding::kUtf8 || (encoding_ == Encoding::kAuto && !is_cp949_ && !is_windows_1252_);
  if (may_be_utf8 && base::IsUtf8({cell.data(), cell.size()})) {
    is_utf8_ = true;
    return std::string(cell);
  }
  if (encoding_ == Encoding::kUtf8)
    return absl::InvalidArgumentError("is not UTF-8 (set encoding to cp949 if the file is Korean text of Windows)");
  if (is_utf8_)
    return absl::InvalidArgumentError("is not UTF-8 as the texts before it (set encoding to utf-8, cp949 or windows-1252)");
  // The first such text of the file decides.
  if (encoding_ == Encoding::kWindows1252 || is_windows_1252_ ||
      (encoding_ == Encoding::kAuto && !is_cp949_ && !LooksKorean(cell))) {
    std::optional<std::string> text = Windows1252ToUtf8(cell);
    if (!text) return absl::InvalidArgumentError("is neither UTF-8 nor CP949 nor Windows-1252");
    is_windows_1252_ = true;
    return *std::move(text);
  }
  std::optional<std::string> text = Cp949ToUtf8(cell);
  if (!text) return absl::InvalidArgumentError("is neither UTF-8 nor CP949");
  is_cp949_ = true;
  return *std::move(text);
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
