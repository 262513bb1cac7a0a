#pragma once

#include "lib/pg/database.h"
#include "tracker/domain/reset.h"

namespace millwright::tracker {

/// Truncates the tables that hold rows, in one transaction.
class PgReset : public Reset {
 public:
  explicit PgReset(pg::Database& db) : db_(db) {}
  absl::Status Run() override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::tracker
