#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "lib/pg/database.h"

namespace millwright::pg {

/// Brings schema `schema` up to date with `files`: (name, SQL) pairs, names numbered `0001_what.sql`, as millwright_embed
/// makes them from migrations/<service>/. Runs under an advisory lock, one transaction a file, recorded with the SHA-256 of
/// its text in `<schema>.schema_migrations`. FailedPrecondition, with nothing changed, when a recorded file has another text
/// here, or when the database has one that this program does not know (a database newer than the program).
absl::Status Migrate(Database& database, const std::string& schema, const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace millwright::pg
