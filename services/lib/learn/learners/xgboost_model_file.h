#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/statusor.h"

namespace millwright::learn {

/// Reads an XGBoost model file (UBJSON or JSON) far enough to know that 1.7.4 scores it exactly and stays inside its trees, and
/// says how many features it takes. InvalidArgument for a broken file, Unimplemented with the reason for one that would be scored
/// wrongly.
absl::StatusOr<std::size_t> CheckXgboostModelFile(std::string_view bytes);

}  // namespace millwright::learn
