#include "lib/pg/migrate.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"

namespace millwright::pg {
namespace {

// The lock ends with the transaction, so a killed process leaves none behind.
constexpr Statement kLock{"migrations_lock", "SELECT pg_advisory_xact_lock(hashtextextended('millwright.migrate.' || $1, 0))"};
constexpr Statement kListMigrations{"migrations_list", "SELECT name, sha256 FROM schema_migrations ORDER BY name"};
constexpr Statement kRecordMigration{"migrations_record", "INSERT INTO schema_migrations (name, sha256) VALUES ($1, $2)"};

absl::Status Enter(Tx& tx, const std::string& schema) {
  const std::string sql =
      absl::StrCat("CREATE SCHEMA IF NOT EXISTS ", schema, "; SET LOCAL search_path = ", schema, ", public; ",
                   "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; "
                   "CREATE TABLE IF NOT EXISTS schema_migrations ("
                   "  name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
  return tx.Execute(Statement{"migrations_enter", sql.c_str()}).status();
}

/// How many of `files` are applied; FailedPrecondition when what is recorded is not a beginning of them.
absl::StatusOr<std::size_t> CountApplied(Tx& tx, const std::string& schema, const MigrationFiles& files) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows, tx.Many(kListMigrations));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string name = rows[i].Text(0);
    std::size_t at = 0;
    while (at < files.size() && files[at].first != name) ++at;
    if (at == files.size()) {
      return absl::FailedPreconditionError(
          absl::StrCat("schema \"", schema, "\" has migration \"", name,
                       "\", which this program does not know: the database is newer than the program; start the newer version"));
    }
    if (base::Sha256Hex(files[at].second) != rows[i].Text(1)) {
      return absl::FailedPreconditionError(
          absl::StrCat("migration \"", name, "\" of schema \"", schema,
                       "\" was applied with another text than this program has: a migration is never edited once applied"));
    }
    if (at != i) {
      return absl::FailedPreconditionError(absl::StrCat("migration \"", files[i].first, "\" of schema \"", schema,
                                                        "\" comes before \"", name,
                                                        "\", which is applied already: give it a later number"));
    }
  }
  return rows.size();
}

/// SIGTERM and SIGINT are blocked until the server runs, so a wait before that must look for them.
bool IsToldToStop() {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

}  // namespace

absl::Status Migrate(Database& database, const std::string& schema, const MigrationFiles& files) {
  for (bool is_done = false; !is_done;) {
    const absl::Status status = database.Transact([&](Tx& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.Execute(kLock, schema).status());
      RETURN_IF_ERROR(Enter(tx, schema));
      ASSIGN_OR_RETURN(const std::size_t applied, CountApplied(tx, schema, files));
      is_done = applied == files.size();
      if (is_done) return absl::OkStatus();
      const auto& [name, sql] = files[applied];
      if (const auto run = tx.Execute(Statement{name.c_str(), sql.c_str()}); !run.ok()) return run.status();
      return tx.Execute(kRecordMigration, name, base::Sha256Hex(sql)).status();
    });
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

void MigrateOrExit(Database& database, const std::string& schema, const MigrationFiles& files) {
  for (;;) {
    const absl::Status status = Migrate(database, schema, files);
    if (status.ok()) return;
    std::fprintf(stderr, "schema %s: %s\n", schema.c_str(), std::string(status.message()).c_str());
    if (!absl::IsUnavailable(status) && !absl::IsAborted(status)) std::exit(1);
    for (int i = 0; i < 10; ++i) {
      if (IsToldToStop()) std::exit(0);
      absl::SleepFor(absl::Milliseconds(100));
    }
  }
}

}  // namespace millwright::pg
