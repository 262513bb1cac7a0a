#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/table/csv.h"

namespace millwright::learn {

/// Without blanks and tabs at both ends.
std::string_view TrimCell(std::string_view text);
/// A line without a cell. Tabs are cells.
bool IsBlankLine(std::string_view line);
/// Empty, NA, NaN, null and the like.
bool IsMissingCell(std::string_view cell);
/// A finite number, the whole cell.
std::optional<double> ParseNumber(std::string_view cell);
/// As ParseNumber, of a number with a decimal comma and no point.
std::optional<double> ParseCommaNumber(std::string_view cell);
/// 1 or 0 for what says so in a column of labels, in any case: yes no, true false, on off, ja nein …
std::optional<double> ParseTruth(std::string_view cell);
/// A cell for a message: quoted, cut to 40 bytes.
std::string QuoteCell(std::string_view cell);

/// Reads a plain number ("-12.5", at most 19 digits, no exponent) from `at`: where it ends and its value, exactly what
/// ParseNumber gives. Null when there is none.
inline const char* ParsePlainNumber(const char* at, const char* end, double& value) {
  static constexpr double kPowers[] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                       1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};
  const bool is_negative = at != end && *at == '-';
  if (is_negative) ++at;
  std::uint64_t digits = 0;
  const char* const first = at;
  while (at != end && static_cast<unsigned char>(*at - '0') < 10) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
  std::ptrdiff_t count = at - first;
  if (count == 0) return nullptr;
  std::ptrdiff_t decimals = 0;
  if (at != end && *at == '.') {
    const char* const point = at++;
    while (at != end && static_cast<unsigned char>(*at - '0') < 10)
      digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
    decimals = at - point - 1;
    if (decimals == 0) return nullptr;
    count += decimals;
  }
  // Both are exact doubles, so the quotient is the nearest one to the decimal (Clinger 1990).
  if (count > 19 || digits > (std::uint64_t{1} << 53)) return nullptr;
  value = static_cast<double>(digits) / kPowers[decimals];
  if (is_negative) value = -value;
  return at;
}

/// Splits a record; views point into `record` or `unquoted` and live as long as both. False when quotes are broken. ' ' is runs
/// of blanks.
bool SplitRecord(std::string_view record, char delimiter, std::vector<std::string_view>& cells, std::string& unquoted);

/// Texts of one file as UTF-8; remembers which encoding the file has shown. Not thread-safe.
class TextDecoder {
 public:
  explicit TextDecoder(CsvOptions::Encoding encoding) : encoding_(encoding) {}
  /// InvalidArgument says what the text is not.
  absl::StatusOr<std::string> Decode(std::string_view text);
  /// Whether texts were taken for Windows-1252 because they are neither UTF-8 nor Korean.
  bool has_guessed() const { return is_windows_1252_ && encoding_ == CsvOptions::Encoding::kAuto; }

 private:
  CsvOptions::Encoding encoding_;
  bool is_cp949_ = false;
  bool is_utf8_ = false;
  bool is_windows_1252_ = false;
};

}  // namespace millwright::learn
