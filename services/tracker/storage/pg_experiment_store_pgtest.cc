#include <gtest/gtest.h>

#include "lib/pg/database_test.h"
#include "migrations.h"
#include "tracker/storage/pg_experiment_store.h"
#include "tracker/storage/pg_run_store.h"

namespace millwright::tracker {
namespace {

const base::WorkspaceId kOurs("1");
const base::WorkspaceId kTheirs("2");
const absl::Time kNoon = absl::FromUnixSeconds(1'700'000'000);

class PgExperimentStoreTest : public pg::DatabaseTest {
 protected:
  PgExperimentStoreTest() : DatabaseTest({{"tracker", migrations()}}) {}

  Experiment Create(const std::string& name, const base::WorkspaceId& workspace = kOurs) {
    return *experiments_.Create(workspace, {name, "", {}}, kNoon);
  }
  absl::StatusOr<tracker::Run> CreateRun(const ExperimentId& experiment) {
    NewRun run;
    run.id = NewRunId();
    run.experiment_id = experiment;
    run.name = "brisk-rotor-1";
    run.created_by = run.user = "ada";
    run.started_at = kNoon;
    return runs_.Create(kOurs, run);
  }

  PgExperimentStore experiments_{db()};
  PgRunStore runs_{db()};
};

TEST_F(PgExperimentStoreTest, TheDefaultIsThereOnFirstUseInEachWorkspace) {
  EXPECT_EQ(experiments_.Get(kOurs, ExperimentId("0"))->name, "Default");
  EXPECT_EQ(experiments_.Get(kTheirs, ExperimentId("0"))->name, "Default");
  EXPECT_EQ(experiments_.Get(kOurs, ExperimentId("0"))->id.value(), "0");
  EXPECT_TRUE(absl::IsAlreadyExists(experiments_.Create(base::WorkspaceId("3"), {"Default", "", {}}, kNoon).status()));
}

TEST_F(PgExperimentStoreTest, AnExperimentComesBackAsItWent) {
  const Experiment made = *experiments_.Create(kOurs, {"plant/pumps", "s3://bucket/x", {{"team", "a"}, {"zone", "b"}}}, kNoon);
  const Experiment read = *experiments_.Get(kOurs, made.id);
  EXPECT_EQ(read.artifact_location, "s3://bucket/x");
  EXPECT_EQ(read.created_at, kNoon);
  EXPECT_EQ(read.updated_at, kNoon);
  ASSERT_EQ(read.tags.size(), 2u);
  EXPECT_EQ(read.tags[1].value, "b");
  EXPECT_EQ(CreateRun(made.id)->artifact_uri.substr(0, 14), "s3://bucket/x/");
  const Experiment plain = Create("fans");
  EXPECT_EQ(plain.artifact_location, "mlflow-artifacts:/" + plain.id.value());
}

TEST_F(PgExperimentStoreTest, ThoseOfAnotherWorkspaceAreNotFoundAndNotListed) {
  const Experiment pumps = Create("pumps");
  EXPECT_TRUE(absl::IsAlreadyExists(experiments_.Create(kOurs, {"pumps", "", {}}, kNoon).status()));
  Create("pumps", kTheirs);
  EXPECT_TRUE(absl::IsNotFound(experiments_.Get(kTheirs, pumps.id).status()));
  EXPECT_TRUE(absl::IsNotFound(experiments_.Rename(kTheirs, pumps.id, "x", kNoon).status()));
  EXPECT_TRUE(absl::IsNotFound(experiments_.SetTags(kTheirs, pumps.id, {{"a", "b"}}).status()));
  EXPECT_TRUE(absl::IsNotFound(experiments_.Delete(kTheirs, pumps.id, kNoon).status()));
  const PageOf<Experiment> listed = *experiments_.List(kTheirs, {});
  for (const Experiment& experiment : listed.items) EXPECT_NE(experiment.id, pumps.id);
  EXPECT_EQ(experiments_.List(kOurs, {.name = "pumps"})->items.size(), 1u);
}

TEST_F(PgExperimentStoreTest, RenamingTakesNoTakenName) {
  const Experiment pumps = Create("pumps");
  Create("fans");
  EXPECT_TRUE(absl::IsAlreadyExists(experiments_.Rename(kOurs, pumps.id, "fans", kNoon).status()));
  EXPECT_TRUE(experiments_.Rename(kOurs, pumps.id, "pumps", kNoon).ok());
  const Experiment renamed = *experiments_.Rename(kOurs, pumps.id, "plant/pumps", kNoon + absl::Hours(1));
  EXPECT_EQ(renamed.name, "plant/pumps");
  EXPECT_EQ(renamed.updated_at, kNoon + absl::Hours(1));
}

TEST_F(PgExperimentStoreTest, TagsAreSetAndDeleted) {
  const Experiment pumps = Create("pumps");
  ASSERT_TRUE(experiments_.SetTags(kOurs, pumps.id, {{"a", "1"}, {"b", "2"}}).ok());
  EXPECT_EQ(experiments_.SetTags(kOurs, pumps.id, {{"a", "3"}})->tags[0].value, "3");
  EXPECT_EQ(experiments_.DeleteTag(kOurs, pumps.id, "a")->tags.size(), 1u);
  EXPECT_TRUE(absl::IsNotFound(experiments_.DeleteTag(kOurs, pumps.id, "a").status()));
}

TEST_F(PgExperimentStoreTest, DeletingTakesTheRunsAlongAndRestoringBringsAllBack) {
  const Experiment pumps = Create("pumps");
  const RunId first = CreateRun(pumps.id)->id;
  const RunId second = CreateRun(pumps.id)->id;
  ASSERT_TRUE(runs_.Delete(kOurs, first, kNoon).ok());
  EXPECT_TRUE(experiments_.Delete(kOurs, pumps.id, kNoon + absl::Hours(1))->is_deleted);
  EXPECT_TRUE(runs_.Get(kOurs, second)->is_deleted);
  EXPECT_TRUE(absl::IsFailedPrecondition(CreateRun(pumps.id).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(experiments_.Rename(kOurs, pumps.id, "x", kNoon).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(experiments_.SetTags(kOurs, pumps.id, {{"a", "1"}}).status()));
  EXPECT_TRUE(absl::IsAlreadyExists(experiments_.Create(kOurs, {"pumps", "", {}}, kNoon).status()));
  EXPECT_EQ(experiments_.List(kOurs, {.name = "pumps"})->items.size(), 0u);
  EXPECT_EQ(experiments_.List(kOurs, {.name = "pumps", .view = LifecycleView::kDeleted})->items.size(), 1u);
  EXPECT_FALSE(experiments_.Restore(kOurs, pumps.id, kNoon)->is_deleted);
  EXPECT_FALSE(runs_.Get(kOurs, first)->is_deleted);
  EXPECT_TRUE(CreateRun(pumps.id).ok());
}

TEST_F(PgExperimentStoreTest, OnlyADeletedOneIsPurgedWithItsRuns) {
  const Experiment pumps = Create("pumps");
  const RunId run = CreateRun(pumps.id)->id;
  ASSERT_TRUE(runs_.StartLog(kOurs, run, {.metrics = {{"m", 1}}, .params = {{"p", "1"}}}).get().ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(experiments_.Purge(kOurs, pumps.id).status()));
  ASSERT_TRUE(experiments_.Delete(kOurs, pumps.id, kNoon).ok());
  EXPECT_EQ(*experiments_.Purge(kOurs, pumps.id), 1);
  EXPECT_TRUE(absl::IsNotFound(experiments_.Get(kOurs, pumps.id).status()));
  EXPECT_TRUE(absl::IsNotFound(runs_.Get(kOurs, run).status()));
  Create("pumps");
  ASSERT_TRUE(experiments_.Delete(kOurs, ExperimentId("0"), kNoon).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(experiments_.Purge(kOurs, ExperimentId("0")).status()));
}

}  // namespace
}  // namespace millwright::tracker
