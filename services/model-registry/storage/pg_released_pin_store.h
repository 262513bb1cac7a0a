#pragma once

#include "lib/pg/database.h"
#include "model-registry/domain/pin_sweeper.h"

namespace millwright::registry {

/// ReleasedPinStore over the schema `registry`. Thread-safe.
class PgReleasedPinStore : public ReleasedPinStore {
 public:
  explicit PgReleasedPinStore(pg::Database& db) : db_(db) {}
  absl::StatusOr<std::vector<ReleasedPin>> List(int limit) override;
  absl::Status Drop(const std::string& owner) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::registry
