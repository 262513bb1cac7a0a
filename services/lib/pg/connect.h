#pragma once

#include <memory>
#include <pqxx/pqxx>

#include "absl/status/statusor.h"
#include "lib/pg/database.h"

namespace millwright::pg {

/// A new connection with the platform's session settings: UTC, UTF-8, the statement's time limit. Unavailable within about
/// 2 s when the server does not answer.
absl::StatusOr<std::unique_ptr<pqxx::connection>> Connect(const DatabaseOptions& options);

}  // namespace millwright::pg
