#include "lib/pg/connect.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/pg/status.h"

namespace millwright::pg {
namespace {

// The user's own settings in the URL win: libpq takes the last of two equal keys, and ours are left out when theirs are there.
std::string WithDefaults(std::string url) {
  const bool is_uri = absl::StartsWith(url, "postgres://") || absl::StartsWith(url, "postgresql://");
  char separator = ' ';
  if (is_uri) separator = absl::StrContains(url, "?") ? '&' : '?';
  for (const char* setting : {"connect_timeout=2", "keepalives_idle=10", "keepalives_interval=5", "keepalives_count=3"}) {
    const absl::string_view text = setting;
    if (absl::StrContains(url, text.substr(0, text.find('=') + 1))) continue;
    absl::StrAppend(&url, std::string(1, separator), text);
    separator = is_uri ? '&' : ' ';
  }
  return url;
}

}  // namespace

absl::StatusOr<std::unique_ptr<pqxx::connection>> Connect(const DatabaseOptions& options) {
  try {
    auto connection = std::make_unique<pqxx::connection>(WithDefaults(options.url));
    // A connection that comes back behind our back would come without its settings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection->inhibit_reactivation(true);
#pragma GCC diagnostic pop
    pqxx::nontransaction setup(*connection);
    setup.exec0(
        absl::StrCat("SET client_encoding = 'UTF8'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET bytea_output = 'hex'; SET "
                     "client_min_messages = 'warning';",
                     "SET statement_timeout = ", absl::ToInt64Milliseconds(options.statement_timeout),
                     "; SET idle_in_transaction_session_timeout = ", absl::ToInt64Milliseconds(options.statement_timeout)));
    return connection;
  } catch (const pqxx::sql_error& error) {
    return ToStatus(error, "connect");
  } catch (const std::exception& error) {
    // libpq writes a sentence a line, one per address it tried.
    return absl::UnavailableError(absl::StrCat(
        "database: connect: ", absl::StrJoin(absl::StrSplit(error.what(), absl::ByAnyChar("\n\t"), absl::SkipEmpty()), " ")));
  }
}

}  // namespace millwright::pg
