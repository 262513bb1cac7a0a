#include "model-registry/storage/pg_released_pin_store.h"

#include "lib/base/status_macros.h"

namespace millwright::registry {
namespace {

constexpr pg::Statement kList{"released_pins", "SELECT workspace_id, owner FROM registry.released_pins LIMIT $1"};
constexpr pg::Statement kDrop{"drop_released_pin", "DELETE FROM registry.released_pins WHERE owner = $1"};

}  // namespace

absl::StatusOr<std::vector<ReleasedPin>> PgReleasedPinStore::List(int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<ReleasedPin>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kList, limit));
    std::vector<ReleasedPin> pins;
    for (const pg::Row& row : rows) pins.push_back({.workspace = base::WorkspaceId(row.Text(0)), .owner = row.Text(1)});
    return pins;
  });
}

absl::Status PgReleasedPinStore::Drop(const std::string& owner) {
  return db_.Transact([&](pg::Tx& tx) { return tx.Execute(kDrop, owner).status(); });
}

}  // namespace millwright::registry
