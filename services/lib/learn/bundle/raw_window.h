#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/features/pipeline.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// Raw rows of one asset, oldest first: `values` is row-major, one value per column, missing ones NaN; text columns stand apart.
struct RawWindow {
  std::vector<std::string> columns;
  std::vector<double> values;
  std::map<std::string, std::vector<std::string>> texts;  // column → a text a row, empty where it is missing

  std::size_t rows() const {
    if (columns.empty()) return texts.empty() ? 0 : texts.begin()->second.size();
    return values.size() / columns.size();
  }
};

/// Rows of a table as the pipeline takes them; the table must have its columns.
RawWindow RawWindowOf(const FittedPipeline& pipeline, const Table& table, std::span<const std::size_t> rows);

/// From [{"temperature": 61.2, "time": "2024-05-01T00:00:00Z", "pressure": null}, …]. A key that a row lacks is missing there.
/// Texts are times, except in `text_columns`, which are kept as texts. InvalidArgument names row (from 1) and key. At most
/// `max_rows`.
absl::StatusOr<RawWindow> RawWindowFromJson(const nlohmann::json& rows, std::span<const std::string> text_columns = {},
                                            std::size_t max_rows = 100'000);

/// {"columns": […], "rows": [[…], …], "texts": {column: […]}} with null for missing values, "texts" where there are some, and
/// back; numbers survive to the bit.
nlohmann::json ToJson(const RawWindow& window);
absl::StatusOr<RawWindow> RawWindowFromColumns(const nlohmann::json& json);

}  // namespace millwright::learn
