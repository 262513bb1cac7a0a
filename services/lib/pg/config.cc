#include "lib/pg/config.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/files.h"
#include "lib/base/status_macros.h"

namespace millwright::pg {

void DatabaseConfig::Bind(config::Binder& binder) {
  binder.Secret("database.url", &url, "PostgreSQL URL, such as postgresql://user@host:5432/millwright");
  binder.Text("database.url_file", &url_file, "file whose one line is the PostgreSQL URL");
  binder.Int("database.pool_size", &pool_size, 1, 200, "connections at most");
}

absl::StatusOr<DatabaseOptions> DatabaseConfig::Resolve() const {
  DatabaseOptions options;
  options.pool_size = pool_size;
  options.url = url;
  if (url.empty() == url_file.empty()) {
    return absl::InvalidArgumentError(url.empty() ? "database.url_file: give it, or database.url"
                                                  : "database.url_file: give it or database.url, not both");
  }
  if (url.empty()) {
    ASSIGN_OR_RETURN(const std::string content, base::ReadFile(url_file, 64 << 10));
    options.url = std::string(absl::StripAsciiWhitespace(content));
    if (options.url.empty() || absl::StrContains(options.url, "\n")) {
      return absl::InvalidArgumentError(
          absl::StrCat("database.url_file: ", url_file, " does not hold one line with a PostgreSQL URL"));
    }
  }
  return options;
}

DatabaseOptions DatabaseConfig::ResolveOrExit() const {
  absl::StatusOr<DatabaseOptions> options = Resolve();
  if (!options.ok()) config::ExitWith(options.status());
  return *std::move(options);
}

}  // namespace millwright::pg
