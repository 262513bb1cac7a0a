#pragma once

#include "lib/pg/database.h"
#include "tracker/domain/test_look.h"

namespace millwright::tracker {

/// Looks in tracker.test_looks.
class PgTestLookStore : public TestLookStore {
 public:
  explicit PgTestLookStore(pg::Database& db) : db_(db) {}
  absl::StatusOr<TestLook> Record(const base::WorkspaceId& workspace, const NewTestLook& look, const std::string& actor) override;
  absl::StatusOr<PageOf<TestLook>> List(const base::WorkspaceId& workspace, const TestLookQuery& query) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::tracker
