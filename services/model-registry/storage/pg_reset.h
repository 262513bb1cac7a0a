#pragma once

#include "lib/pg/database.h"
#include "model-registry/domain/reset.h"

namespace millwright::registry {

/// Reset over the schema `registry`. Thread-safe.
class PgReset : public Reset {
 public:
  explicit PgReset(pg::Database& db) : db_(db) {}
  absl::Status Run() override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::registry
