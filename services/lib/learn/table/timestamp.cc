#include "lib/learn/table/timestamp.h"

#include <cmath>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace millwright::learn {

namespace {

/// Takes text apart from the left.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}
  bool AtEnd() const { return rest_.empty(); }
  bool Skip(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool Skip(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  /// Exactly `digits` digits, or -1.
  int Digits(int digits) {
    if (rest_.size() < static_cast<std::size_t>(digits)) return -1;
    int value = 0;
    for (int i = 0; i < digits; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return -1;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }
  /// The value of up to nine decimals; none is an error.
  std::optional<double> Fraction() {
    std::int64_t value = 0;
    std::int64_t scale = 1;
    std::size_t digits = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
      if (digits < 9) {
        value = value * 10 + (rest_[digits] - '0');
        scale *= 10;
      }
      ++digits;
    }
    if (digits == 0) return std::nullopt;
    rest_.remove_prefix(digits);
    return static_cast<double>(value) / static_cast<double>(scale);
  }

 private:
  std::string_view rest_;
};

}  // namespace

std::optional<double> ParseTimestamp(std::string_view text) {
  Cursor cursor(text);
  const int year = cursor.Digits(4);
  const char separator = cursor.Skip('-') ? '-' : cursor.Skip('/') ? '/' : '\0';
  if (separator == '\0') return std::nullopt;
  const int month = cursor.Digits(2);
  if (!cursor.Skip(separator)) return std::nullopt;
  const int day = cursor.Digits(2);
  int hour = 0;
  int minute = 0;
  int second = 0;
  double fraction = 0;
  int offset = 0;
  if (!cursor.AtEnd()) {
    if (!cursor.Skip('T') && !cursor.Skip(' ')) return std::nullopt;
    hour = cursor.Digits(2);
    if (!cursor.Skip(':')) return std::nullopt;
    minute = cursor.Digits(2);
    if (cursor.Skip(':')) {
      second = cursor.Digits(2);
      if (cursor.Skip('.') || cursor.Skip(',')) {
        const std::optional<double> part = cursor.Fraction();
        if (!part) return std::nullopt;
        fraction = *part;
      }
    }
    cursor.Skip(' ');
    const int sign = cursor.Skip('+') ? 1 : cursor.Skip('-') ? -1 : 0;
    if (sign != 0) {
      const int hours = cursor.Digits(2);
      cursor.Skip(':');
      const int minutes = cursor.AtEnd() ? 0 : cursor.Digits(2);
      if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) return std::nullopt;
      offset = sign * (hours * 3600 + minutes * 60);
    } else if (!cursor.Skip("UTC") && !cursor.Skip("GMT")) {
      cursor.Skip('Z');
    }
    if (!cursor.AtEnd()) return std::nullopt;
  }
  if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60)
    return std::nullopt;
  const absl::CivilDay date(year, month, day);
  if (date.month() != month || date.day() != day) return std::nullopt;
  const std::int64_t days = date - absl::CivilDay(1970, 1, 1);
  return static_cast<double>(days * 86'400 + hour * 3600 + minute * 60 + second - offset) + fraction;
}

std::string FormatTimestamp(double seconds) {
  // Beyond the years 0 to 9999 there is no such text.
  if (!(seconds >= -62'135'596'800.0 && seconds < 253'402'300'800.0)) return absl::StrFormat("%g", seconds);
  double whole = std::floor(seconds);
  std::int64_t micros = std::llround((seconds - whole) * 1e6);
  if (micros == 1'000'000) {
    whole += 1;
    micros = 0;
  }
  const absl::CivilSecond civil = absl::CivilSecond(1970, 1, 1) + static_cast<std::int64_t>(whole);
  std::string text = absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02d", civil.year(), civil.month(), civil.day(), civil.hour(),
                                     civil.minute(), civil.second());
  if (micros > 0) {
    std::string decimals = absl::StrFormat(".%06d", micros);
    decimals.erase(decimals.find_last_not_of('0') + 1);
    text += decimals;
  }
  return text + "Z";
}

}  // namespace millwright::learn
