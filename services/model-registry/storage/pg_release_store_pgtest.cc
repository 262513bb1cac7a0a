#include <gmock/gmock.h>

#include <atomic>
#include <set>
#include <thread>

#include "absl/synchronization/notification.h"
#include "lib/pg/listener.h"
#include "model-registry/storage/pg_release_store.h"
#include "model-registry/storage/registry_database_test.h"

namespace millwright::registry {
namespace {

using testing::HasSubstr;

class PgReleaseStoreTest : public RegistryDatabaseTest {
 protected:
  void SetUp() override {
    RegistryDatabaseTest::SetUp();
    if (IsSkipped()) return;
    MakeModel();
    for (int i = 0; i < 3; ++i) MakeVersion();
  }
  void SetGate(std::vector<GateRule> rules) {
    ASSERT_TRUE(
        gates_.SetGate(workspace_, "pump", {.stage = Stage::kProduction, .rules = std::move(rules)}, true, Rank::kEngineer, Now())
            .ok());
  }
  std::int64_t Count(const char* sql) {
    return db()
        .Transact([&](pg::Tx& tx) -> absl::StatusOr<std::int64_t> {
          return tx.One({"count", sql}).value().Int(0);
        })
        .value();
  }
};

TEST_F(PgReleaseStoreTest, PromotionArchivesTheOldProductionAndDeploysTheNew) {
  const Promotion first = Promote(1).value();
  EXPECT_EQ(first.replaced_version, 0);
  const Promotion second = Promote(2).value();
  EXPECT_EQ(second.kind, PromotionKind::kPromoted);
  EXPECT_EQ(second.replaced_version, 1);
  EXPECT_GT(second.revision, first.revision);
  EXPECT_EQ(StageOfVersion(1), Stage::kArchived);
  EXPECT_EQ(StageOfVersion(2), Stage::kProduction);
  const Deployment deployment = releases_.GetDeployment(workspace_, "pump").value();
  EXPECT_EQ(deployment.revision, second.revision);
  ASSERT_EQ(deployment.arms.size(), 1u);
  EXPECT_EQ(deployment.arms[0].version, 2);
  EXPECT_EQ(deployment.arms[0].content_hash, "hash");
  EXPECT_EQ(deployment.arms[0].files.at(0).path, "model.ubj");
}

TEST_F(PgReleaseStoreTest, APromotionToWhereItIsChangesNothing) {
  const Promotion first = Promote(1).value();
  const Promotion again = Promote(1).value();
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.revision, first.revision);
  EXPECT_EQ(releases_.ListPromotions(workspace_, "pump", 1000, 10).value().size(), 1u);
  EXPECT_EQ(releases_.CurrentRevision().value(), first.revision);
}

TEST_F(PgReleaseStoreTest, ARefusalIsRecordedWithItsNumbersAndMovesNothing) {
  SetGate({{.metric = "rmse", .bound = 14.5}});
  Evaluate(1, 20);
  const Promotion refused = Promote(1).value();
  EXPECT_EQ(refused.kind, PromotionKind::kRefused);
  EXPECT_EQ(StageOfVersion(1), Stage::kNone);
  EXPECT_TRUE(absl::IsNotFound(releases_.GetDeployment(workspace_, "pump").status()));
  const std::vector<Promotion> history = releases_.ListPromotions(workspace_, "pump", 1000, 10).value();
  ASSERT_EQ(history.size(), 1u);
  EXPECT_EQ(history[0].decision.findings.at(0).value, 20);
  EXPECT_THAT(history[0].decision.findings.at(0).message, HasSubstr("20 on dataset version d; at most 14.5"));
}

TEST_F(PgReleaseStoreTest, TheGateComparesWithTheProductionOfTheMoment) {
  SetGate({{.metric = "rmse", .no_worse_than_production = true}});
  Evaluate(1, 13);
  Evaluate(2, 13);
  Evaluate(3, 13.5);
  EXPECT_EQ(Promote(1).value().kind, PromotionKind::kPromoted);
  EXPECT_EQ(Promote(2).value().kind, PromotionKind::kPromoted);
  EXPECT_EQ(Promote(3).value().kind, PromotionKind::kRefused);
  EXPECT_FALSE(gates_.CheckGate(workspace_, "pump", 3, Stage::kProduction).value().passed);
  EXPECT_TRUE(gates_.CheckGate(workspace_, "pump", 3, Stage::kStaging).value().passed);
}

TEST_F(PgReleaseStoreTest, TheSameRequestHasNoSecondEffect) {
  const Promotion first = Promote(1, Stage::kProduction, "r1").value();
  ASSERT_TRUE(Promote(2, Stage::kProduction, "r2").ok());
  EXPECT_EQ(Promote(1, Stage::kProduction, "r1").value().id, first.id);
  EXPECT_EQ(Production(), 2);
}

TEST_F(PgReleaseStoreTest, ARepeatedRequestThatWasRefusedStaysRefused) {
  SetGate({{.metric = "rmse", .bound = 1}});
  const Promotion refused = Promote(1, Stage::kProduction, "r1").value();
  SetGate({});
  const Promotion again = Promote(1, Stage::kProduction, "r1").value();
  EXPECT_EQ(again.id, refused.id);
  EXPECT_EQ(again.kind, PromotionKind::kRefused);
}

TEST_F(PgReleaseStoreTest, AnArchivedVersionMayReturnThroughTheGate) {
  ASSERT_TRUE(Promote(1).ok());
  ASSERT_TRUE(Promote(2).ok());
  EXPECT_EQ(Promote(1).value().from_stage, Stage::kArchived);
  EXPECT_EQ(Production(), 1);
}

TEST_F(PgReleaseStoreTest, LeavingProductionEmptiesTheDeployment) {
  ASSERT_TRUE(Promote(1).ok());
  const Promotion archived = Promote(1, Stage::kArchived).value();
  EXPECT_EQ(archived.replaced_version, 1);
  EXPECT_GT(archived.revision, 0);
  EXPECT_TRUE(releases_.GetDeployment(workspace_, "pump").value().arms.empty());
  EXPECT_TRUE(absl::IsFailedPrecondition(RollBack().status()));
}

TEST_F(PgReleaseStoreTest, StagingTouchesNoDeployment) {
  const Promotion staged = Promote(1, Stage::kStaging).value();
  EXPECT_EQ(staged.revision, 0);
  EXPECT_EQ(releases_.CurrentRevision().value(), 0);
  EXPECT_EQ(models_.GetModel(workspace_, "pump").value().staging_version, 1);
}

TEST_F(PgReleaseStoreTest, RollbackReturnsThePreviousVersionThenOneFurther) {
  for (int version : {1, 2, 3}) ASSERT_TRUE(Promote(version).ok());
  const Promotion first = RollBack().value();
  EXPECT_EQ(first.kind, PromotionKind::kRolledBack);
  EXPECT_EQ(first.version, 2);
  EXPECT_EQ(first.replaced_version, 3);
  EXPECT_EQ(StageOfVersion(3), Stage::kArchived);
  EXPECT_EQ(releases_.GetDeployment(workspace_, "pump").value().arms.at(0).version, 2);
  EXPECT_EQ(RollBack().value().version, 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(RollBack().status()));
  EXPECT_EQ(Production(), 1);
}

TEST_F(PgReleaseStoreTest, RollbackOfAnotherThanTheExpectedVersionIsRefused) {
  ASSERT_TRUE(Promote(1).ok());
  ASSERT_TRUE(Promote(2).ok());
  const absl::Status status = RollBack(1).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(status.message(), HasSubstr("version 2 is"));
  EXPECT_TRUE(RollBack(2).ok());
}

TEST_F(PgReleaseStoreTest, OfTwoRollbacksThatExpectTheSameVersionOneWins) {
  for (int version : {1, 2, 3}) ASSERT_TRUE(Promote(version).ok());
  std::atomic<int> succeeded = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { succeeded += RollBack(3).ok(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(succeeded, 1);
  EXPECT_EQ(Production(), 2);
}

TEST_F(PgReleaseStoreTest, TwoPromotionsCannotBothBeatTheSameProduction) {
  SetGate({{.metric = "rmse", .no_worse_than_production = true}});
  Evaluate(1, 20);
  Evaluate(2, 10);
  Evaluate(3, 15);  // passes against 1, not against 2
  ASSERT_EQ(Promote(1).value().kind, PromotionKind::kPromoted);
  // The first holds the model's lock after its gate; the second must wait and judge against what the first leaves.
  absl::Notification locked, may_end;
  std::thread first([&] {
    EXPECT_TRUE(
        db().Transact([&](pg::Tx& tx) -> absl::Status {
              EXPECT_TRUE(tx.Many({"lock", "SELECT 1 FROM registry.models FOR NO KEY UPDATE"}).ok());
              EXPECT_TRUE(
                  tx.Execute({"archive", "UPDATE registry.model_versions SET stage = 'Archived' WHERE version = 1"}).ok());
              EXPECT_TRUE(
                  tx.Execute({"promote", "UPDATE registry.model_versions SET stage = 'Production' WHERE version = 2"}).ok());
              locked.Notify();
              may_end.WaitForNotification();
              return absl::OkStatus();
            })
            .ok());
  });
  locked.WaitForNotification();
  absl::StatusOr<Promotion> second;
  std::thread later([&] { second = Promote(3); });
  while (Count("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0) std::this_thread::yield();
  may_end.Notify();
  first.join();
  later.join();
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->kind, PromotionKind::kRefused);
  EXPECT_EQ(second->decision.findings.at(0).production_version, 2);
}

TEST_F(PgReleaseStoreTest, ConcurrentReleasesGetRevisionsInCommitOrder) {
  for (int i = 0; i < 4; ++i) {
    MakeModel(absl::StrCat("m", i));
    MakeVersion(absl::StrCat("m", i));
  }
  std::vector<std::thread> threads;
  std::atomic<bool> done = false;
  std::set<std::int64_t> seen;
  // A watcher that resumes by revision while others promote must see each model's last revision, whatever the timing.
  std::thread watcher([&] {
    std::int64_t after = 0;
    for (bool last = false; !last;) {
      last = done;
      const DeploymentChanges changes = releases_.ChangedDeployments(after, 100).value();
      for (const Deployment& deployment : changes.deployments) {
        EXPECT_GT(deployment.revision, after);
        seen.insert(deployment.revision);
      }
      after = changes.revision;
    }
  });
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 10; ++round) {
        const Stage stage = round % 2 == 0 ? Stage::kProduction : Stage::kArchived;
        EXPECT_TRUE(releases_.Promote(workspace_, {.name = absl::StrCat("m", i), .version = 1, .stage = stage, .at = at_}).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  done = true;
  watcher.join();
  EXPECT_EQ(releases_.CurrentRevision().value(), 40);
  const std::vector<Deployment> deployments = releases_.ListDeployments(workspace_, "", 100).value();
  EXPECT_EQ(deployments.size(), 4u);
  for (const Deployment& deployment : deployments) EXPECT_TRUE(seen.contains(deployment.revision));
}

TEST_F(PgReleaseStoreTest, ChangesComeInRevisionOrderAndInPages) {
  MakeModel("other");
  MakeVersion("other");
  ASSERT_TRUE(Promote(1).ok());
  ASSERT_TRUE(releases_.Promote(workspace_, {.name = "other", .version = 1, .stage = Stage::kProduction, .at = at_}).ok());
  ASSERT_TRUE(Promote(2).ok());
  const DeploymentChanges page = releases_.ChangedDeployments(0, 1).value();
  EXPECT_EQ(page.revision, 2);
  EXPECT_EQ(page.deployments.at(0).name, "other");
  const DeploymentChanges rest = releases_.ChangedDeployments(page.revision, 10).value();
  EXPECT_EQ(rest.revision, 3);
  EXPECT_EQ(rest.deployments.at(0).arms.at(0).version, 2);
  EXPECT_TRUE(releases_.ChangedDeployments(3, 10).value().deployments.empty());
}

TEST_F(PgReleaseStoreTest, APromotionWakesListeners) {
  absl::Notification woken;
  std::atomic<int> wakes = 0;
  pg::Listener listener(
      db(), kDeploymentsChannel,
      [&] {
        if (++wakes == 2) woken.Notify();
      },
      absl::Minutes(1));
  while (wakes == 0) std::this_thread::yield();  // the first is of the connection itself
  ASSERT_TRUE(Promote(1).ok());
  EXPECT_TRUE(woken.WaitForNotificationWithTimeout(absl::Seconds(10)));
}

TEST_F(PgReleaseStoreTest, TheHistoryCannotBeChangedEvenInSql) {
  ASSERT_TRUE(Promote(1).ok());
  for (const char* sql :
       {"UPDATE registry.promotions SET reason = 'other'", "DELETE FROM registry.promotions",
        "TRUNCATE registry.promotions CASCADE", "UPDATE registry.promotions SET version = 2 WHERE promotion_id = 1"}) {
    const absl::Status status = db().Transact([&](pg::Tx& tx) { return tx.Execute({"tamper", sql}).status(); });
    EXPECT_THAT(status.message(), HasSubstr("append-only")) << sql;
  }
  EXPECT_EQ(releases_.ListPromotions(workspace_, "pump", 1000, 10).value().size(), 1u);
}

TEST_F(PgReleaseStoreTest, AVersionWithoutFilesCannotServe) {
  ASSERT_TRUE(versions_.CreateVersion(workspace_, "pump", {.run_id = "r", .content_hash = "h"}, Now()).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Promote(4).status()));
  EXPECT_TRUE(Promote(4, Stage::kStaging).ok());
}

TEST_F(PgReleaseStoreTest, OfSeveralInProductionTheOneMovedThereLastAnswersAndWhenItLeavesTheOneBefore) {
  const auto add = [&](int version) {
    return releases_
        .Promote(workspace_, {.name = "pump",
                              .version = version,
                              .stage = Stage::kProduction,
                              .archive_existing_versions = false,
                              .actor = "ada",
                              .at = at_})
        .value();
  };
  add(1);
  add(3);
  EXPECT_EQ(add(2).replaced_version, 3);
  EXPECT_EQ(StageOfVersion(3), Stage::kProduction);
  EXPECT_EQ(Production(), 2);
  EXPECT_EQ(add(1).replaced_version, 2);  // moved there again: the newest transition counts
  EXPECT_EQ(Production(), 1);
  const Promotion archived = Promote(1, Stage::kArchived).value();
  EXPECT_EQ(archived.primary_version, 2);
  EXPECT_EQ(releases_.GetDeployment(workspace_, "pump").value().arms.at(0).version, 2);
  ASSERT_TRUE(releases_.DeleteVersion(workspace_, "pump", 2, true, Now()).ok());
  EXPECT_EQ(Production(), 3);
  // A promotion that makes room archives them all, each with an entry.
  add(1);
  MakeVersion();
  ASSERT_TRUE(Promote(4).ok());
  EXPECT_EQ(StageOfVersion(1), Stage::kArchived);
  EXPECT_EQ(StageOfVersion(3), Stage::kArchived);
  const std::vector<Promotion> history = releases_.ListPromotions(workspace_, "pump", 1000, 2).value();
  EXPECT_EQ(history[0].replaced_version, 1);
  EXPECT_EQ(history[1].version, 3);
  EXPECT_EQ(history[1].to_stage, Stage::kArchived);
}

TEST_F(PgReleaseStoreTest, RollbackSkipsDeletedVersions) {
  for (int version : {1, 2, 3}) ASSERT_TRUE(Promote(version).ok());
  ASSERT_TRUE(releases_.DeleteVersion(workspace_, "pump", 2, false, Now()).ok());
  EXPECT_EQ(RollBack().value().version, 1);
}

TEST_F(PgReleaseStoreTest, AVersionInProductionGoesOnlyWhenAllowedAndNeverSilently) {
  ASSERT_TRUE(Promote(1).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(releases_.DeleteVersion(workspace_, "pump", 1, false, Now())));
  EXPECT_TRUE(absl::IsFailedPrecondition(releases_.DeleteModel(workspace_, "pump", false, Now())));
  EXPECT_EQ(Production(), 1);
  ASSERT_TRUE(releases_.DeleteVersion(workspace_, "pump", 1, true, Now()).ok());
  const Promotion entry = releases_.ListPromotions(workspace_, "pump", 1000, 1).value().at(0);
  EXPECT_EQ(entry.kind, PromotionKind::kDeleted);
  EXPECT_EQ(entry.from_stage, Stage::kProduction);
  EXPECT_EQ(entry.replaced_version, 1);
  EXPECT_GT(entry.revision, 0);
  EXPECT_TRUE(releases_.GetDeployment(workspace_, "pump").value().arms.empty());
}

TEST_F(PgReleaseStoreTest, WatchersHearThatADeletedModelServesNothing) {
  ASSERT_TRUE(Promote(1).ok());
  ASSERT_TRUE(releases_.DeleteModel(workspace_, "pump", true, Now()).ok());
  const DeploymentChanges changes = releases_.ChangedDeployments(1, 10).value();
  ASSERT_EQ(changes.deployments.size(), 1u);
  EXPECT_EQ(changes.deployments[0].name, "pump");
  EXPECT_TRUE(changes.deployments[0].arms.empty());
  EXPECT_TRUE(releases_.ListDeployments(workspace_, "", 10).value().empty());
}

TEST_F(PgReleaseStoreTest, WatchersHearOfBothNamesOfARenamedModel) {
  ASSERT_TRUE(Promote(1).ok());
  ASSERT_TRUE(releases_.RenameModel(workspace_, "pump", "fan", Now()).ok());
  DeploymentChanges changes = releases_.ChangedDeployments(1, 10).value();
  ASSERT_EQ(changes.deployments.size(), 2u);
  EXPECT_EQ(changes.deployments[0].name, "pump");
  EXPECT_TRUE(changes.deployments[0].arms.empty());
  EXPECT_EQ(changes.deployments[1].name, "fan");
  EXPECT_EQ(changes.deployments[1].arms.at(0).version, 1);
  // The old name serves again under a model of its own: whoever starts from nothing hears of it last.
  MakeModel();
  MakeVersion();
  ASSERT_TRUE(Promote(4).ok());
  changes = releases_.ChangedDeployments(0, 10).value();
  EXPECT_EQ(changes.deployments.back().name, "pump");
  EXPECT_EQ(changes.deployments.back().arms.at(0).version, 4);
}

TEST_F(PgReleaseStoreTest, WhatCannotBeServedMayStandInProductionButTakesNoPlace) {
  const auto sourced = [&] {
    return versions_.CreateVersion(workspace_, "pump", {.run_id = "r", .source = "s3://bucket/model"}, Now()).value().version;
  };
  EXPECT_EQ(sourced(), 4);
  EXPECT_EQ(Promote(4).value().revision, 0);
  EXPECT_EQ(StageOfVersion(4), Stage::kProduction);
  ASSERT_TRUE(Promote(1).ok());
  EXPECT_EQ(StageOfVersion(4), Stage::kArchived);
  EXPECT_THAT(Promote(4).status().message(), HasSubstr("cannot take the place of version 1"));
  EXPECT_EQ(Production(), 1);
}

TEST_F(PgReleaseStoreTest, ApprovalsCountPerPersonUntilTheVersionLeavesTheStage) {
  const auto say = [&](const std::string& who, bool is_approved, Rank rank = Rank::kEngineer) {
    at_ += absl::Seconds(1);
    ASSERT_TRUE(gates_
                    .RecordApproval(workspace_, {.name = "pump",
                                                 .version = 1,
                                                 .stage = Stage::kProduction,
                                                 .is_approved = is_approved,
                                                 .actor = who,
                                                 .rank = rank,
                                                 .reason = "looked",
                                                 .at = at_})
                    .ok());
  };
  const Gate gate{.stage = Stage::kProduction, .approvals = {.count = 2, .not_author = true}, .checks = {"smoke"}};
  ASSERT_TRUE(gates_.SetGate(workspace_, "pump", gate, true, Rank::kEngineer, Now()).ok());
  const auto check = [&](bool is_passed) {
    ASSERT_TRUE(
        gates_.RecordCheck(workspace_, {.model = "pump", .version = 1, .name = "smoke", .is_passed = is_passed, .at = at_}).ok());
  };
  say("ada", true);  // who made it
  say("bob", true);
  say("bob", true);
  say("eve", true, Rank::kViewer);
  GateDecision decision = gates_.CheckGate(workspace_, "pump", 1, Stage::kProduction).value();
  ASSERT_EQ(decision.findings.size(), 2u);
  EXPECT_EQ(decision.findings[0].approved_by, std::vector<std::string>{"bob"});
  EXPECT_THAT(decision.findings[1].message, HasSubstr("was not recorded"));
  say("cid", true);
  check(false);
  EXPECT_EQ(Promote(1).value().kind, PromotionKind::kRefused);
  check(true);
  say("dan", false);
  EXPECT_THAT(Refusals(Promote(1).value().decision), HasSubstr("rejected by dan: looked"));
  say("dan", true);
  at_ += absl::Seconds(1);
  const Promotion promoted = Promote(1).value();
  EXPECT_EQ(promoted.kind, PromotionKind::kPromoted);
  EXPECT_EQ(promoted.decision.findings.at(0).approved_by.size(), 3u);
  // Taken out again, it needs their word again.
  at_ += absl::Seconds(1);
  ASSERT_TRUE(Promote(1, Stage::kArchived).ok());
  EXPECT_EQ(Promote(1).value().kind, PromotionKind::kRefused);
}

TEST_F(PgReleaseStoreTest, WhomAGateAsksIsNotForEveryoneToChange) {
  const Gate strict{.stage = Stage::kProduction, .approvals = {.count = 1, .least_rank = Rank::kAdmin}};
  ASSERT_TRUE(gates_.SetGate(workspace_, "pump", strict, true, Rank::kAdmin, Now()).ok());
  const Gate open{.stage = Stage::kProduction, .rules = {{.metric = "rmse", .bound = 1}}};
  EXPECT_TRUE(absl::IsPermissionDenied(gates_.SetGate(workspace_, "pump", open, true, Rank::kEngineer, Now()).status()));
  const Gate kept = gates_.SetGate(workspace_, "pump", open, false, Rank::kViewer, Now()).value();
  EXPECT_EQ(kept.approvals.count, 1);
  EXPECT_EQ(kept.rules.size(), 1u);
}

TEST_F(PgReleaseStoreTest, AnotherWorkspaceFindsNothing) {
  ASSERT_TRUE(Promote(1).ok());
  EXPECT_TRUE(
      absl::IsNotFound(releases_.Promote(other_, {.name = "pump", .version = 1, .stage = Stage::kStaging, .at = at_}).status()));
  EXPECT_TRUE(absl::IsNotFound(releases_.RollBack(other_, {.name = "pump", .at = at_}).status()));
  EXPECT_TRUE(absl::IsNotFound(releases_.GetDeployment(other_, "pump").status()));
  EXPECT_TRUE(absl::IsNotFound(releases_.ListPromotions(other_, "pump", 1000, 10).status()));
  EXPECT_TRUE(absl::IsNotFound(gates_.CheckGate(other_, "pump", 1, Stage::kProduction).status()));
  EXPECT_TRUE(releases_.ListDeployments(other_, "", 10).value().empty());
}

}  // namespace
}  // namespace millwright::registry
