// The guard against a real registry: from a bad log to the version that returns.
#include <gmock/gmock.h>

#include <optional>

#include "lib/pg/listener.h"
#include "lib/rpc/client.h"
#include "lib/rpc/test_server.h"
#include "model-registry/domain/registry.h"
#include "model-registry/rpc/deployment_feed.h"
#include "model-registry/rpc/deployment_service.h"
#include "model-registry/rpc/registry_service.h"
#include "model-registry/rpc/test_tracker.h"
#include "model-registry/storage/pg_gate_store.h"
#include "model-registry/storage/pg_lineage_store.h"
#include "model-registry/storage/pg_model_store.h"
#include "model-registry/storage/pg_release_store.h"
#include "model-registry/storage/pg_search_store.h"
#include "model-registry/storage/pg_version_store.h"
#include "monitor/domain/monitor.h"
#include "monitor/domain/periodic.h"
#include "monitor/domain/release_guard.h"
#include "monitor/rpc/deployment_watch.h"
#include "monitor/rpc/registry_authority.h"
#include "monitor/storage/monitor_database_test.h"

namespace millwright::registry {
const std::vector<std::pair<std::string, std::string>>& migrations();  // both services embed theirs in a header of this name
}

namespace millwright::monitor {
namespace {

class RollbackTest : public pg::DatabaseTest {
 protected:
  RollbackTest() : DatabaseTest({{"registry", registry::migrations()}, {"monitor", monitor::migrations()}}) {}

  void SetUp() override {
    DatabaseTest::SetUp();
    if (IsSkipped()) return;
    listener_.emplace(db(), registry::kDeploymentsChannel, [this] { feed_.Refresh(); });
    ASSERT_TRUE(registry_.CreateModel(workspace_, {.name = "pump"}, "ada").ok());
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(
          registry_
              .CreateVersion(workspace_, "pump", {.content_hash = "h", .files = {{"model.ubj", std::string(64, 'a'), 1}}}, "ada")
              .ok());
    }
  }
  void TearDown() override {
    Stop();
    feed_.Stop();
    listener_.reset();
  }
  /// As main does it.
  void Start() {
    guard_loop_.emplace(absl::Seconds(1), [this] { guard_.RunOnce().IgnoreError(); });
    watch_.emplace(channel_, releases_, [this] { guard_loop_->Wake(); });
  }
  void Stop() {
    watch_.reset();
    guard_loop_.reset();
  }
  std::int64_t Promote(int version) {
    return registry_
        .Promote(workspace_, {.name = "pump", .version = version, .stage = registry::Stage::kProduction, .actor = "ada"})
        .value()
        .revision;
  }
  void Log(int count, Outcome outcome, int version, std::int64_t revision) {
    std::vector<Prediction> answers;
    for (int i = 0; i < count; ++i) {
      answers.push_back({.id = absl::StrFormat("%032x", ++logged_),
                         .workspace = workspace_,
                         .model = "pump",
                         .version = version,
                         .revision = revision,
                         .at = absl::Now(),
                         .outcome = outcome});
    }
    ASSERT_TRUE(monitor_.Log(answers).ok());
  }
  int Production() { return registry_.models().GetModel(workspace_, "pump").value().production_version; }
  std::optional<Release> ReleaseOf(int version) {
    const std::vector<VersionHealth> versions = predictions_.Health(workspace_, "pump").value();
    for (const VersionHealth& health : versions) {
      if (health.version == version) return health.release;
    }
    return std::nullopt;
  }
  template <typename Condition>
  static bool Within(absl::Duration time, const Condition& condition) {
    for (const absl::Time end = absl::Now() + time; absl::Now() < end; absl::SleepFor(absl::Milliseconds(5))) {
      if (condition()) return true;
    }
    return condition();
  }
  bool BecomesState(int version, ReleaseState state) {
    return Within(absl::Seconds(10), [&] {
      const std::optional<Release> release = ReleaseOf(version);
      return release && release->state == state;
    });
  }

  const base::WorkspaceId workspace_{"1"};
  registry::PgModelStore models_{db()};
  registry::PgReleaseStore deployments_{db()};
  registry::PgVersionStore versions_{db()};
  registry::PgGateStore gates_{db()};
  registry::PgSearchStore search_{db()};
  registry::PgLineageStore lineage_{db()};
  registry::TestTracker tracker_;
  registry::Registry registry_{{models_, versions_, gates_, deployments_}, tracker_, base::SystemClock()};
  registry::Insight insight_{lineage_, versions_, tracker_};
  registry::DeploymentFeed feed_{deployments_};
  registry::RegistryService registry_service_{registry_, search_, insight_};
  registry::DeploymentService deployment_service_{deployments_, feed_};
  std::optional<pg::Listener> listener_;
  rpc::TestServer server_{{&registry_service_, &deployment_service_}};

  PgPredictionStore predictions_{db(), {}};
  PgReleaseStore releases_{db(), {}};
  std::shared_ptr<grpc::Channel> channel_ = rpc::Connect(server_.address(), server_.signer());
  RegistryAuthority authority_{channel_, server_.signer()};
  ReleaseGuard guard_{releases_, authority_, base::SystemClock(), {}};
  std::optional<Periodic> guard_loop_;
  std::optional<DeploymentWatch> watch_;
  Monitor monitor_{predictions_, base::SystemClock(), absl::Hours(24), [this] {
                     if (guard_loop_) guard_loop_->Wake();
                   }};
  int logged_ = 0;
};

TEST_F(RollbackTest, ABadVersionIsRolledBackWithinASecondOfItsLog) {
  Start();
  Promote(1);
  const std::int64_t revision = Promote(2);
  ASSERT_TRUE(BecomesState(2, ReleaseState::kWatching));
  const absl::Time logged = absl::Now();
  Log(3, Outcome::kNotFinite, 2, revision);
  EXPECT_TRUE(Within(absl::Seconds(5), [&] { return Production() == 1; }));
  EXPECT_LT(absl::Now() - logged, absl::Seconds(1));
  ASSERT_TRUE(BecomesState(2, ReleaseState::kRolledBack));
  const registry::Promotion entry = deployments_.ListPromotions(workspace_, "pump", 1000, 1).value().at(0);
  EXPECT_EQ(entry.kind, registry::PromotionKind::kRolledBack);
  EXPECT_EQ(entry.replaced_version, 2);
  EXPECT_EQ(entry.evidence["not_finite"], 3);
  EXPECT_EQ(entry.evidence["example_prediction_ids"].size(), 3u);
  EXPECT_THAT(entry.reason, testing::HasSubstr("3 of the first 3 answers of version 2 were bad"));
}

TEST_F(RollbackTest, TheVersionReturnedToStaysUnlessItIsBadItself) {
  Start();
  for (int version : {1, 2}) Promote(version);
  const std::int64_t bad = Promote(3);
  ASSERT_TRUE(BecomesState(3, ReleaseState::kWatching));
  Log(5, Outcome::kFailed, 3, bad);
  ASSERT_TRUE(BecomesState(3, ReleaseState::kRolledBack));
  ASSERT_TRUE(BecomesState(2, ReleaseState::kWatching));
  Log(50, Outcome::kFailed, 3, bad);  // late logs of the version that went
  Log(20, Outcome::kOk, 2, bad + 1);
  EXPECT_TRUE(guard_.RunOnce().ok());
  EXPECT_EQ(Production(), 2);
  Log(20, Outcome::kFailed, 2, bad + 1);
  EXPECT_TRUE(BecomesState(2, ReleaseState::kRolledBack));
  EXPECT_EQ(Production(), 1);
}

TEST_F(RollbackTest, WithNothingToReturnToTheFailureIsRecordedAndTheVersionStays) {
  Start();
  const std::int64_t revision = Promote(1);
  ASSERT_TRUE(BecomesState(1, ReleaseState::kWatching));
  Log(3, Outcome::kFailed, 1, revision);
  ASSERT_TRUE(BecomesState(1, ReleaseState::kRollbackFailed));
  EXPECT_EQ(Production(), 1);
  EXPECT_THAT(ReleaseOf(1)->evidence["rollback_refused"].get<std::string>(), testing::HasSubstr("before version 1"));
}

TEST_F(RollbackTest, AReleaseThatWentBadWhileTheMonitorWasAwayIsFoundAtItsStart) {
  Promote(1);
  const std::int64_t revision = Promote(2);
  Log(4, Outcome::kFailed, 2, revision);
  Start();
  EXPECT_TRUE(BecomesState(2, ReleaseState::kRolledBack));
  EXPECT_EQ(Production(), 1);
}

TEST_F(RollbackTest, ARollbackWhoseAnswerWasLostIsRecognisedAsOurs) {
  Promote(1);
  const std::int64_t revision = Promote(2);
  const Deployed deployed{.workspace = workspace_, .model = "pump", .revision = revision, .version = 2, .at = absl::Now()};
  ASSERT_TRUE(releases_.Follow(deployed).ok());
  Log(3, Outcome::kFailed, 2, revision);
  const Release wanted = releases_.WantedRollbacks(absl::Now()).value().at(0);
  ASSERT_EQ(authority_.RollBack(wanted).value().kind, RollbackAnswer::Kind::kRolledBack);  // and then the monitor is killed
  Start();
  EXPECT_TRUE(BecomesState(2, ReleaseState::kRolledBack));
  EXPECT_EQ(Production(), 1);
}

TEST_F(RollbackTest, WhatAPersonChangedMeanwhileIsLeftAlone) {
  Promote(1);
  const std::int64_t revision = Promote(2);
  ASSERT_TRUE(
      releases_.Follow({.workspace = workspace_, .model = "pump", .revision = revision, .version = 2, .at = absl::Now()}).ok());
  Log(3, Outcome::kFailed, 2, revision);
  Promote(3);
  Start();
  EXPECT_TRUE(Within(absl::Seconds(10), [&] { return releases_.WantedRollbacks(absl::Now()).value().empty(); }));
  EXPECT_EQ(Production(), 3);
}

}  // namespace
}  // namespace millwright::monitor
