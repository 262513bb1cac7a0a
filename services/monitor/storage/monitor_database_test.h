#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "lib/pg/database_test.h"
#include "migrations.h"
#include "monitor/storage/pg_prediction_store.h"
#include "monitor/storage/pg_release_store.h"

namespace millwright::monitor {

/// A migrated database with both stores, and short words for what most tests need.
class MonitorDatabaseTest : public pg::DatabaseTest {
 protected:
  MonitorDatabaseTest() : DatabaseTest({{"monitor", migrations()}}) {}

  static std::string Id(int number) { return absl::StrFormat("%032x", number); }
  Prediction Answer(int number, Outcome outcome = Outcome::kOk, int version = 2, std::int64_t revision = 2) {
    return {.id = Id(number),
            .workspace = workspace_,
            .model = "pump",
            .version = version,
            .revision = revision,
            .at = at_ + absl::Milliseconds(number),
            .latency_ms = 2,
            .outcome = outcome,
            .values = {{"risk", 0.1 + 0.2}}};
  }
  std::vector<Prediction> Answers(int first, int count, Outcome outcome, int version = 2, std::int64_t revision = 2) {
    std::vector<Prediction> answers;
    for (int i = 0; i < count; ++i) answers.push_back(Answer(first + i, outcome, version, revision));
    return answers;
  }
  void Follow(std::int64_t revision, int version) {
    ASSERT_TRUE(
        releases_.Follow({.workspace = workspace_, .model = "pump", .revision = revision, .version = version, .at = at_}).ok());
  }
  VersionHealth HealthOf(int version) {
    const std::vector<VersionHealth> versions = predictions_.Health(workspace_, "pump").value();
    for (const VersionHealth& health : versions) {
      if (health.version == version) return health;
    }
    ADD_FAILURE() << "no version " << version;
    return {};
  }

  const base::WorkspaceId workspace_{"1"};
  const base::WorkspaceId other_{"2"};
  const absl::Time at_ = absl::FromUnixSeconds(1'700'000'000);
  PgPredictionStore predictions_{db(), {}};
  PgReleaseStore releases_{db(), {}};
};

}  // namespace millwright::monitor
