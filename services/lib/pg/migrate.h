#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "lib/pg/database.h"

namespace millwright::pg {

/// Numbered SQL files as millwright_embed makes them from migrations/<service>/: (name such as `0001_what.sql`, SQL), sorted.
using MigrationFiles = std::vector<std::pair<std::string, std::string>>;

/// Brings schema `schema` up to date with `files`. Runs under an advisory lock, one transaction a file (with the schema first
/// in its search path), recorded with the SHA-256 of its text in `<schema>.schema_migrations`. FailedPrecondition, with
/// nothing changed, when a recorded file has another text here, or when the database has one that this program does not know
/// (a database newer than the program).
absl::Status Migrate(Database& database, const std::string& schema, const MigrationFiles& files);

/// Migrate for a service's start: waits, with a line on stderr, for a server that is away, and exits with 1 and the reason
/// when the schema cannot be used.
void MigrateOrExit(Database& database, const std::string& schema, const MigrationFiles& files);

}  // namespace millwright::pg
