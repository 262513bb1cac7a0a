#pragma once

#include <string>

#include "lib/pg/database_test.h"
#include "migrations.h"
#include "model-registry/storage/pg_model_store.h"
#include "model-registry/storage/pg_release_store.h"

namespace millwright::registry {

/// A migrated database with both stores, and short words for what most tests need.
class RegistryDatabaseTest : public pg::DatabaseTest {
 protected:
  RegistryDatabaseTest() : DatabaseTest({{"registry", migrations()}}) {}

  void MakeModel(const std::string& name = "pump", const base::WorkspaceId& workspace = base::WorkspaceId("1")) {
    ASSERT_TRUE(models_.CreateModel(workspace, {.name = name, .created_at = at_}).ok());
  }
  int MakeVersion(const std::string& name = "pump", const std::string& request_id = "") {
    const NewVersion version{.run_id = "run",
                             .content_hash = "hash",
                             .files = {{.path = "model.ubj", .sha256 = std::string(64, 'a'), .size = 7}},
                             .request_id = request_id};
    return models_.CreateVersion(workspace_, name, version, "ada", at_).value().version;
  }
  void Evaluate(int version, double rmse, const std::string& dataset = "d") {
    ASSERT_TRUE(
        models_
            .RecordEvaluation(
                workspace_,
                {.name = "pump", .version = version, .dataset_version_id = dataset, .metrics = {{"rmse", rmse}}, .at = at_})
            .ok());
  }
  absl::StatusOr<Promotion> Promote(int version, Stage stage = Stage::kProduction, const std::string& request_id = "") {
    return releases_.Promote(
        workspace_, {.name = "pump", .version = version, .stage = stage, .request_id = request_id, .actor = "ada", .at = at_});
  }
  absl::StatusOr<Promotion> RollBack(int expected_version = 0) {
    return releases_.RollBack(workspace_,
                              {.name = "pump", .reason = "bad", .expected_version = expected_version, .actor = "ada", .at = at_});
  }
  Stage StageOfVersion(int version) { return models_.GetVersion(workspace_, "pump", version).value().stage; }
  int Production() { return models_.GetModel(workspace_, "pump").value().production_version; }

  const base::WorkspaceId workspace_{"1"};
  const base::WorkspaceId other_{"2"};
  const absl::Time at_ = absl::FromUnixSeconds(1'700'000'000);
  PgModelStore models_{db()};
  PgReleaseStore releases_{db()};
};

}  // namespace millwright::registry
