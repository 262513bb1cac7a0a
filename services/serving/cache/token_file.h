#pragma once

#include <filesystem>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "serving/domain/token_table.h"

namespace millwright::serving {

/// The valid token hashes on disk (0600, written atomically), so that the door stays open with everything else down.
absl::Status SaveTokens(const std::filesystem::path& path, const TokenTable::Grants& grants);
/// NotFound when there is none yet, InvalidArgument or DataLoss when the file is not one of ours.
absl::StatusOr<TokenTable::Grants> LoadTokens(const std::filesystem::path& path);

}  // namespace millwright::serving
