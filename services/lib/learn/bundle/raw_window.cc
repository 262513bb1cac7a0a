#include "lib/learn/bundle/raw_window.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "absl/status/status.h"
#include "lib/base/status_macros.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/table/timestamp.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMaxColumns = 10'000;
constexpr std::size_t kMaxCells = 50'000'000;

absl::StatusOr<double> Cell(const nlohmann::json& value, std::size_t row, const std::string& column) {
  if (value.is_null()) return kMissing;
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) {
    if (const std::optional<double> time = ParseTimestamp(value.get_ref<const std::string&>())) return *time;
  }
  return absl::InvalidArgumentError(Cat("row ", row + 1, ", column \"", column, "\": ", Excerpt(value),
                                        " must be a number, null where it is missing, or an ISO-8601 time"));
}

absl::StatusOr<std::string> TextCell(const nlohmann::json& value, std::size_t row, const std::string& column) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  return absl::InvalidArgumentError(
      Cat("row ", row + 1, ", column \"", column, "\": ", Excerpt(value), " must be a text, null where it is missing"));
}

}  // namespace

RawWindow RawWindowOf(const FittedPipeline& pipeline, const Table& table, std::span<const std::size_t> rows) {
  RawWindow window;
  for (const RowLayout::Input& input : pipeline.raw_inputs()) {
    if (!input.is_text) {
      window.columns.push_back(input.name);
      continue;
    }
    for (const std::size_t row : rows) window.texts[input.name].push_back(table.Find(input.name)->texts[row]);
  }
  for (const std::size_t row : rows) {
    for (const std::string& column : window.columns) window.values.push_back(table.Find(column)->numbers[row]);
  }
  return window;
}

absl::StatusOr<RawWindow> RawWindowFromJson(const nlohmann::json& rows, std::span<const std::string> text_columns,
                                            std::size_t max_rows) {
  if (!rows.is_array() || rows.empty())
    return absl::InvalidArgumentError(Cat("rows: ", Excerpt(rows), " must be a list of at least one row, oldest first"));
  if (rows.size() > max_rows)
    return absl::InvalidArgumentError(Cat("rows: ", rows.size(), " rows; at most ", max_rows, " are taken"));
  RawWindow window;
  std::unordered_map<std::string, std::size_t> index;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!rows[row].is_object())
      return absl::InvalidArgumentError(
          Cat("row ", row + 1, ": ", Excerpt(rows[row]), " must be an object of column names and values"));
    for (const auto& [name, value] : rows[row].items()) {
      if (std::find(text_columns.begin(), text_columns.end(), name) != text_columns.end()) {
        window.texts.try_emplace(name, rows.size());
        continue;
      }
      if (index.try_emplace(name, window.columns.size()).second) window.columns.push_back(name);
    }
    if (window.columns.size() > kMaxColumns)
      return absl::InvalidArgumentError(Cat("rows: more than ", kMaxColumns, " different columns"));
  }
  if (window.columns.size() * rows.size() > kMaxCells)
    return absl::InvalidArgumentError(Cat("rows: more than ", kMaxCells, " values"));
  window.values.assign(window.columns.size() * rows.size(), kMissing);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (const auto& [name, value] : rows[row].items()) {
      if (const auto texts = window.texts.find(name); texts != window.texts.end()) {
        ASSIGN_OR_RETURN(texts->second[row], TextCell(value, row, name));
        continue;
      }
      const auto it = index.find(name);
      ASSIGN_OR_RETURN(window.values[row * window.columns.size() + it->second], Cell(value, row, name));
    }
  }
  return window;
}

nlohmann::json ToJson(const RawWindow& window) {
  nlohmann::json rows = nlohmann::json::array();
  for (std::size_t row = 0; row < window.rows(); ++row) {
    nlohmann::json values = nlohmann::json::array();
    for (std::size_t i = 0; i < window.columns.size(); ++i) {
      const double value = window.values[row * window.columns.size() + i];
      values.push_back(std::isnan(value) ? nlohmann::json() : nlohmann::json(value));
    }
    rows.push_back(std::move(values));
  }
  nlohmann::json json{{"columns", window.columns}, {"rows", std::move(rows)}};
  for (const auto& [column, texts] : window.texts) json["texts"][column] = texts;
  return json;
}

absl::StatusOr<RawWindow> RawWindowFromColumns(const nlohmann::json& json) {
  StrictObject object(json, "window");
  RawWindow window{.columns = object.Texts("columns")};
  const nlohmann::json& rows = object.Required("rows");
  if (!rows.is_array()) object.Fail("rows", "must be a list");
  const nlohmann::json* texts = object.Optional("texts");
  if (window.columns.empty() && texts == nullptr) object.Fail("columns", "must name at least one column");
  RETURN_IF_ERROR(object.Finish());
  if (texts != nullptr) {
    StrictObject inner(*texts, "window.texts");
    for (const auto& [column, values] : texts->items()) {
      window.texts[column] = inner.Texts(column);
      if (window.texts[column].size() != rows.size()) inner.Fail(column, Cat("must have ", rows.size(), " texts, one a row"));
    }
    RETURN_IF_ERROR(inner.Finish());
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!rows[row].is_array() || rows[row].size() != window.columns.size())
      return absl::InvalidArgumentError(Cat("window.rows[", row, "]: must have ", window.columns.size(), " values"));
    for (std::size_t i = 0; i < window.columns.size(); ++i) {
      ASSIGN_OR_RETURN(const double value, Cell(rows[row][i], row, window.columns[i]));
      window.values.push_back(value);
    }
  }
  return window;
}

}  // namespace millwright::learn
