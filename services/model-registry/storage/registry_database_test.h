#pragma once

#include <string>

#include "lib/pg/database_test.h"
#include "migrations.h"
#include "model-registry/storage/pg_gate_store.h"
#include "model-registry/storage/pg_model_store.h"
#include "model-registry/storage/pg_release_store.h"
#include "model-registry/storage/pg_version_store.h"

namespace millwright::registry {

/// A migrated database with the stores, and short words for what most tests need.
class RegistryDatabaseTest : public pg::DatabaseTest {
 protected:
  RegistryDatabaseTest() : DatabaseTest({{"registry", migrations()}}) {}

  void MakeModel(const std::string& name = "pump", const base::WorkspaceId& workspace = base::WorkspaceId("1")) {
    ASSERT_TRUE(models_.CreateModel(workspace, {.name = name}, Now()).ok());
  }
  int MakeVersion(const std::string& name = "pump", const std::string& request_id = "") {
    const NewVersion version{.run_id = "run",
                             .content_hash = "hash",
                             .files = {{.path = "model.ubj", .sha256 = std::string(64, 'a'), .size = 7}},
                             .request_id = request_id};
    return versions_.CreateVersion(workspace_, name, version, Now()).value().version;
  }
  void Evaluate(int version, double rmse, const std::string& dataset = "d") {
    ASSERT_TRUE(versions_
                    .RecordEvaluation(
                        workspace_,
                        {.name = "pump", .version = version, .dataset_version_id = dataset, .metrics = {{"rmse", rmse}}}, Now())
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
  Stage StageOfVersion(int version) { return versions_.GetVersion(workspace_, "pump", version).value().stage; }
  int Production() { return models_.GetModel(workspace_, "pump").value().production_version; }

  Stamp Now() const { return {"ada", at_}; }

  const base::WorkspaceId workspace_{"1"};
  const base::WorkspaceId other_{"2"};
  absl::Time at_ = absl::FromUnixSeconds(1'700'000'000);
  PgModelStore models_{db()};
  PgVersionStore versions_{db()};
  PgGateStore gates_{db()};
  PgReleaseStore releases_{db()};
};

}  // namespace millwright::registry
