#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace millwright::search {

/// Where in a filter or order_by text something went wrong.
struct Place {
  std::size_t offset = 0;  // in bytes
  std::string text;        // what stands there
};

/// InvalidArgument with a message that MLflow's clients know and, beside it, the place.
absl::Status ErrorAt(absl::string_view message, Place place);
/// The place that ErrorAt gave the status.
std::optional<Place> PlaceOf(const absl::Status& status);
/// The same status with its place as part of the message: `... (at character 12: "OR")`, `text` being what was parsed. For doors
/// whose clients do not compare messages. Characters count from 1.
absl::Status WithPlace(const absl::Status& status, absl::string_view text);

/// Whether the status is a field given twice in order_by: MLflow answers that one with INTERNAL_ERROR.
bool IsRepeatedOrder(const absl::Status& status);
absl::Status RepeatedOrder(absl::string_view message, Place place);

/// The text as Python's repr() shows it, as MLflow's messages have it.
std::string PythonText(absl::string_view text);

}  // namespace millwright::search
