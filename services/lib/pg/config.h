#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lib/config/config.h"
#include "lib/pg/database.h"

namespace millwright::pg {

/// Where the database is, bound under `database.`: the URL itself or a file that holds it, so that it need not stand in an
/// argument.
struct DatabaseConfig {
  std::string url;
  std::string url_file;
  int pool_size = 8;

  void Bind(config::Binder& binder);
  /// Reads the file; InvalidArgument when neither or both are given, or the file does not hold one line.
  absl::StatusOr<DatabaseOptions> Resolve() const;
  /// Resolve, or a message on stderr and exit code 2.
  DatabaseOptions ResolveOrExit() const;
};

}  // namespace millwright::pg
