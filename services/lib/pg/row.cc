#include "lib/pg/row.h"

#include <array>
#include <charconv>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "lib/base/check.h"

namespace millwright::pg {
namespace {

// Of the digits that the server writes.
constexpr std::array<unsigned char, 256> kNibble = [] {
  std::array<unsigned char, 256> nibbles{};
  for (unsigned char i = 0; i < 16; ++i) nibbles[static_cast<unsigned char>("0123456789abcdef"[i])] = i;
  return nibbles;
}();

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

/// Where the texts of an answer stand, found once: each look at a field of the library's costs a copy of its row.
class Row::Table {
 public:
  explicit Table(const pqxx::result& answer) : answer_(answer), columns_(answer.columns()) {
    cells_.reserve(answer_.size() * columns_);
    for (const pqxx::row& row : answer_) {
      auto field = row.begin();
      for (std::size_t column = 0; column < columns_; ++column, ++field)
        cells_.push_back(field->is_null() ? absl::string_view() : absl::string_view(field->c_str(), field->size()));
    }
  }
  /// Without data for NULL.
  absl::string_view Cell(std::size_t row, int column) const {
    CHECK(column >= 0 && static_cast<std::size_t>(column) < columns_);
    return cells_[row * columns_ + static_cast<std::size_t>(column)];
  }

 private:
  const pqxx::result answer_;
  const std::size_t columns_;
  std::vector<absl::string_view> cells_;
};

std::vector<Row> Row::Of(const pqxx::result& answer) {
  const auto table = std::make_shared<const Table>(answer);
  std::vector<Row> rows;
  rows.reserve(answer.size());
  for (std::size_t i = 0; i < answer.size(); ++i) rows.push_back(Row(table, i));
  return rows;
}

absl::string_view Row::View(int column) const {
  const absl::string_view text = table_->Cell(number_, column);
  CHECK(text.data() != nullptr);
  return text;
}

bool Row::IsNull(int column) const { return table_->Cell(number_, column).data() == nullptr; }
std::string Row::Text(int column) const { return std::string(View(column)); }
std::int64_t Row::Int(int column) const { return Number<std::int64_t>(View(column)); }
double Row::Double(int column) const { return Number<double>(View(column)); }
bool Row::Bool(int column) const {
  const absl::string_view text = View(column);
  CHECK(text == "t" || text == "f");
  return text == "t";
}
absl::Time Row::Time(int column) const { return ParseTime(View(column)); }
nlohmann::json Row::Json(int column) const {
  const absl::string_view text = View(column);
  return nlohmann::json::parse(text.begin(), text.end());
}
std::string Row::Bytes(int column) const {
  absl::string_view text = View(column);
  CHECK(absl::ConsumePrefix(&text, "\\x") && text.size() % 2 == 0);
  std::string bytes(text.size() / 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(kNibble[static_cast<unsigned char>(text[2 * i])] << 4 |
                                 kNibble[static_cast<unsigned char>(text[2 * i + 1])]);
  return bytes;
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
