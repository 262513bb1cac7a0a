#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/features/matrix.h"
#include "lib/learn/strict_json.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// The JSON of one of our own model files: {"format": 1, "kind": kind, …}. Numbers survive to the bit. InvalidArgument for
/// another kind, a broken text or more than 64 MiB.
absl::StatusOr<nlohmann::json> ParseModelJson(std::string_view bytes, std::string_view kind);
/// Starts such a file.
nlohmann::json NewModelJson(std::string_view kind);
/// Asks the two keys of NewModelJson, so that Finish takes them as known.
void AskModelKeys(StrictObject& object);

/// A list of exactly so many finite numbers; else the object fails.
std::vector<double> ExactNumbers(StrictObject& object, std::string_view key, std::size_t count);

/// InvalidArgument when the matrix has not so many columns.
absl::Status CheckColumns(const FeatureMatrix& features, std::size_t wanted);

}  // namespace millwright::learn
