#include "lib/pg/row.h"

#include <charconv>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "lib/base/check.h"

namespace millwright::pg {
namespace {

absl::string_view View(const pqxx::row& row, int column) {
  CHECK(column >= 0 && column < static_cast<int>(row.size()));
  const pqxx::field field = row[static_cast<pqxx::row::size_type>(column)];
  CHECK(!field.is_null());
  return absl::string_view(field.c_str(), field.size());
}

template <typename T>
T Number(absl::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  CHECK(error == std::errc() && end == text.data() + text.size());
  return value;
}

// "2026-11-21 12:00:05.123456+00": the session speaks ISO and UTC.
absl::Time ParseTime(absl::string_view text) {
  if (text == "infinity") return absl::InfiniteFuture();
  if (text == "-infinity") return absl::InfinitePast();
  const bool is_before_christ = absl::ConsumeSuffix(&text, " BC");
  CHECK(absl::ConsumeSuffix(&text, "+00"));
  const std::size_t dash = text.find('-');
  CHECK(dash != absl::string_view::npos && text.size() >= dash + 15);
  const auto part = [&](std::size_t at) { return Number<int>(text.substr(dash + at, 2)); };
  std::int64_t year = Number<std::int64_t>(text.substr(0, dash));
  if (is_before_christ) year = 1 - year;
  std::int64_t micros = 0;
  if (text.size() > dash + 16) {
    std::string digits(text.substr(dash + 16));
    digits.resize(6, '0');
    micros = Number<std::int64_t>(digits);
  }
  return absl::FromCivil(absl::CivilSecond(year, part(1), part(4), part(7), part(10), part(13)), absl::UTCTimeZone()) +
         absl::Microseconds(micros);
}

}  // namespace

bool Row::IsNull(int column) const {
  CHECK(column >= 0 && column < static_cast<int>(row_.size()));
  return row_[static_cast<pqxx::row::size_type>(column)].is_null();
}
std::string Row::Text(int column) const { return std::string(View(row_, column)); }
std::int64_t Row::Int(int column) const { return Number<std::int64_t>(View(row_, column)); }
double Row::Double(int column) const { return Number<double>(View(row_, column)); }
bool Row::Bool(int column) const {
  const absl::string_view text = View(row_, column);
  CHECK(text == "t" || text == "f");
  return text == "t";
}
absl::Time Row::Time(int column) const { return ParseTime(View(row_, column)); }
nlohmann::json Row::Json(int column) const {
  const absl::string_view text = View(row_, column);
  return nlohmann::json::parse(text.begin(), text.end());
}
std::string Row::Bytes(int column) const {
  absl::string_view text = View(row_, column);
  CHECK(absl::ConsumePrefix(&text, "\\x"));
  return absl::HexStringToBytes(text);
}

std::optional<std::string> Row::OptionalText(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Text(column));
}
std::optional<std::int64_t> Row::OptionalInt(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Int(column));
}
std::optional<double> Row::OptionalDouble(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Double(column));
}
std::optional<absl::Time> Row::OptionalTime(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Time(column));
}

}  // namespace millwright::pg
