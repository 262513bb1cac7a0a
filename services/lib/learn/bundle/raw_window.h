#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// Raw rows of one asset, oldest first: `values` is row-major, one value per column, missing ones NaN.
struct RawWindow {
  std::vector<std::string> columns;
  std::vector<double> values;

  std::size_t rows() const { return columns.empty() ? 0 : values.size() / columns.size(); }
};

/// From [{"temperature": 61.2, "time": "2024-05-01T00:00:00Z", "pressure": null}, …]. A key that a row lacks is missing there.
/// Texts are times, except in `text_columns`, which are left out. InvalidArgument names row (from 1) and key. At most `max_rows`.
absl::StatusOr<RawWindow> RawWindowFromJson(const nlohmann::json& rows, std::span<const std::string> text_columns = {},
                                            std::size_t max_rows = 100'000);

/// {"columns": […], "rows": [[…], …]} with null for missing values, and back; numbers survive to the bit.
nlohmann::json ToJson(const RawWindow& window);
absl::StatusOr<RawWindow> RawWindowFromColumns(const nlohmann::json& json);

}  // namespace millwright::learn
