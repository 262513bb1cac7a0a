#include "tracker/domain/byte_range.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace millwright::tracker {
namespace {

std::optional<std::uint64_t> ReadNumber(absl::string_view text) {
  std::uint64_t number = 0;
  const bool is_number = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || !is_number || !absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number;
}

}  // namespace

absl::StatusOr<std::optional<ByteRange>> ReadRange(absl::string_view header, std::uint64_t size) {
  const std::optional<ByteRange> all;
  if (!absl::StartsWithIgnoreCase(header, "bytes=")) return all;
  const absl::string_view range = absl::StripAsciiWhitespace(header.substr(6));
  const std::size_t dash = range.find('-');
  if (dash == absl::string_view::npos) return all;
  const absl::string_view first_text = range.substr(0, dash);
  const absl::string_view last_text = range.substr(dash + 1);
  const std::optional<std::uint64_t> first = ReadNumber(first_text);
  const std::optional<std::uint64_t> last = ReadNumber(last_text);
  if ((!first && !first_text.empty()) || (!last && !last_text.empty()) || (!first && !last)) return all;
  if (first && last && *last < *first) return all;

  ByteRange asked;
  if (first) {
    asked.offset = *first;
    if (asked.offset < size) asked.size = std::min(last.value_or(size - 1), size - 1) - asked.offset + 1;
  } else {
    asked.size = std::min(*last, size);  // the last so many bytes
    asked.offset = size - asked.size;
  }
  if (asked.size > 0) return std::optional<ByteRange>(asked);
  return absl::OutOfRangeError(absl::StrCat("Range: \"", header.substr(0, 100), "\" has no byte of a file of ", size, " bytes"));
}

}  // namespace millwright::tracker
