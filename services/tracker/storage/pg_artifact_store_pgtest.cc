#include <gmock/gmock.h>

#include <thread>

#include "tracker/storage/artifact_database_test.h"
#include "tracker/storage/pg_artifact_store.h"
#include "tracker/storage/pg_dataset_store.h"

namespace millwright::tracker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
const base::WorkspaceId kOurs("1");
const base::WorkspaceId kTheirs("2");
const ArtifactRoot kTree = ArtifactRoot::Tree();

class PgArtifactStoreTest : public ArtifactDatabaseTest {
 protected:
  NewDatasetVersion Facts(const std::string& content) {
    return {"pumps",
            Hold(content),
            base::Sha256Hex(content + "!"),
            3,
            {{"columns", {"a", "b"}}},
            {{"a", {{"mean", 0.1}}}},
            nlohmann::json::object()};
  }
  std::vector<std::string> Paths(const ArtifactRoot& root, const std::string& below) {
    std::vector<std::string> paths;
    const std::vector<Artifact> listed = *artifacts_.List(kOurs, root, below);
    for (const Artifact& artifact : listed) paths.push_back(artifact.path);
    return paths;
  }
  // "a/" is a folder, "b=3" a file of 3 bytes.
  std::vector<std::string> Level(const ArtifactRoot& root, const std::string& path,
                                 const std::optional<ArtifactEntry>& after = std::nullopt, int limit = 100) {
    std::vector<std::string> lines;
    const std::vector<ArtifactEntry> entries = *artifacts_.ListFolder(kOurs, root, path, after, limit);
    for (const ArtifactEntry& entry : entries)
      lines.push_back(entry.is_folder ? entry.path + "/" : absl::StrCat(entry.path, "=", entry.size));
    return lines;
  }
  std::string Read(const ArtifactRoot& root, const std::string& path) {
    const absl::StatusOr<Artifact> artifact = artifacts_.Get(kOurs, root, path);
    return artifact.ok() ? *(*blobs_->Open(artifact->blob))->Read(100) : std::string(artifact.status().message());
  }

  std::string experiment_ = CreateExperiment("1");
  RunId run_ = CreateRun(experiment_);
  ArtifactRoot root_ = ArtifactRoot::OfRun(run_);
  PgDatasetStore datasets_{db()};
};

TEST_F(PgArtifactStoreTest, ABlobIsHeldByTheWorkspaceThatSentIt) {
  const std::string blob = Hold("abc");
  Hold("abc");
  EXPECT_EQ(artifacts_.GetHeld(kOurs, blob)->size, 3u);
  EXPECT_TRUE(absl::IsNotFound(artifacts_.GetHeld(kTheirs, blob).status()));
}

TEST_F(PgArtifactStoreTest, AnArtifactIsTheLastThatWasPutThere) {
  ASSERT_TRUE(artifacts_.Put(kOurs, root_, "model/m.ubj", Hold("one")).ok());
  ASSERT_TRUE(Put(root_, "model/m.ubj", "three").ok());
  EXPECT_EQ(artifacts_.List(kOurs, root_, "")->at(0).blob.size, 5u);
  EXPECT_EQ(Read(root_, "model/m.ubj"), "three");
}

TEST_F(PgArtifactStoreTest, AFolderListsWhatIsBelowItOnly) {
  for (const char* path : {"model/b", "model/a", "model", "model-2/a", "model.txt", "zeta"})
    ASSERT_TRUE(Put(root_, path, "x").ok());
  EXPECT_THAT(Paths(root_, "model"), ElementsAre("model", "model/a", "model/b"));
  EXPECT_THAT(Paths(root_, ""), ElementsAre("model", "model-2/a", "model.txt", "model/a", "model/b", "zeta"));
}

TEST_F(PgArtifactStoreTest, OneLevelShowsFilesWithSizesAndFolders) {
  for (const char* path : {"b/deep/er", "b/x", "a.txt", "b-1", "한글/보고서"}) ASSERT_TRUE(Put(root_, path, "abc").ok());
  EXPECT_THAT(Level(root_, ""), ElementsAre("a.txt=3", "b/", "b-1=3", "한글/"));
  EXPECT_THAT(Level(root_, "b"), ElementsAre("b/deep/", "b/x=3"));
  EXPECT_THAT(Level(root_, "한글"), ElementsAre("한글/보고서=3"));
  EXPECT_THAT(Level(root_, "a.txt"), IsEmpty());
  EXPECT_THAT(Level(root_, "nothing"), IsEmpty());
}

TEST_F(PgArtifactStoreTest, OneLevelGoesOnAfterItsLastEntry) {
  for (const char* path : {"f/a", "f/b/x", "f/b", "f/c"}) ASSERT_TRUE(Put(root_, path, "x").ok());
  EXPECT_THAT(Level(root_, "f", std::nullopt, 2), ElementsAre("f/a=1", "f/b=1"));
  EXPECT_THAT(Level(root_, "f", ArtifactEntry{"f/b", false, 0}), ElementsAre("f/b/", "f/c=1"));
  EXPECT_THAT(Level(root_, "f", ArtifactEntry{"f/b", true, 0}), ElementsAre("f/c=1"));
}

TEST_F(PgArtifactStoreTest, RunsModelsAndTheTreeSeeTheSameFiles) {
  const std::string model = CreateModel(experiment_);
  const std::string run_folder = absl::StrCat(experiment_, "/", run_.value(), "/artifacts");
  const std::string model_folder = absl::StrCat(experiment_, "/models/", model, "/artifacts");
  ASSERT_TRUE(Put(kTree, run_folder + "/a", "of the run").ok());
  ASSERT_TRUE(Put(ArtifactRoot::OfLoggedModel(model), "MLmodel", "of the model").ok());
  EXPECT_EQ(Read(root_, "a"), "of the run");
  EXPECT_EQ(Read(kTree, model_folder + "/MLmodel"), "of the model");
  EXPECT_THAT(Level(kTree, experiment_),
              ElementsAre(absl::StrCat(experiment_, "/", run_.value(), "/"), experiment_ + "/models/"));
  EXPECT_EQ(*artifacts_.Location(kOurs, root_), "mlflow-artifacts:/" + run_folder);
  EXPECT_EQ(*artifacts_.Location(kOurs, ArtifactRoot::OfLoggedModel(model)), "mlflow-artifacts:/" + model_folder);
}

TEST_F(PgArtifactStoreTest, AnExperimentsOwnLocationIsWhereItsRunsAre) {
  const RunId here = CreateRun(CreateExperiment("1", "mlflow-artifacts:/team/pumps"));
  ASSERT_TRUE(Put(ArtifactRoot::OfRun(here), "a", "x").ok());
  EXPECT_EQ(Read(kTree, absl::StrCat("team/pumps/", here.value(), "/artifacts/a")), "x");
  const std::string elsewhere = CreateExperiment("1", "s3://bucket/x");
  const RunId there = CreateRun(elsewhere);
  EXPECT_EQ(*artifacts_.Location(kOurs, ArtifactRoot::OfRun(there)), absl::StrCat("s3://bucket/x/", there.value(), "/artifacts"));
  ASSERT_TRUE(Put(ArtifactRoot::OfRun(there), "a", "x").ok());
  EXPECT_EQ(Read(kTree, absl::StrCat(elsewhere, "/", there.value(), "/artifacts/a")), "x");
}

TEST_F(PgArtifactStoreTest, MissingFilesAndFoldersAreToldApart) {
  ASSERT_TRUE(Put(kTree, "0/model/a", "x").ok());
  EXPECT_EQ(Read(kTree, "0/nothing"), "No such artifact: '0/nothing'");
  EXPECT_EQ(Read(kTree, "0/model"), "Artifact path refers to a directory, not a file: '0/model'");
  EXPECT_TRUE(absl::IsInvalidArgument(artifacts_.Get(kOurs, kTree, "0/model").status()));
}

TEST_F(PgArtifactStoreTest, DeletingTakesAFileOrATreeAndNothingBesideIt) {
  for (const char* path : {"model/a", "model/b/c", "model.txt", "model-2/a"}) ASSERT_TRUE(Put(root_, path, "x").ok());
  EXPECT_EQ(*artifacts_.Delete(kOurs, root_, "model"), 2);
  EXPECT_EQ(*artifacts_.Delete(kOurs, root_, "model"), 0);
  EXPECT_EQ(*artifacts_.Delete(kTheirs, kTree, ""), 0);
  EXPECT_EQ(*artifacts_.Delete(kOurs, root_, "model.txt"), 1);
  EXPECT_THAT(Paths(root_, ""), ElementsAre("model-2/a"));
  EXPECT_EQ(*artifacts_.Delete(kOurs, root_, ""), 1);
}

TEST_F(PgArtifactStoreTest, ARunTakesItsFilesWithIt) {
  const std::string model = CreateModel(experiment_);
  ASSERT_TRUE(Put(root_, "a", "x").ok());
  ASSERT_TRUE(Put(kTree, absl::StrCat(experiment_, "/", run_.value(), "/artifacts/b"), "x").ok());
  ASSERT_TRUE(Put(ArtifactRoot::OfLoggedModel(model), "m", "x").ok());
  ASSERT_TRUE(Put(kTree, "loose", "x").ok());
  Sql("DELETE FROM tracker.runs WHERE run_id = $1", run_.value());
  Sql("DELETE FROM tracker.logged_models WHERE model_id = $1", model);
  EXPECT_THAT(Paths(kTree, ""), ElementsAre("loose"));
}

TEST_F(PgArtifactStoreTest, AnotherWorkspaceHasATreeOfItsOwn) {
  ASSERT_TRUE(Put(kTree, "0/a", "ours").ok());
  ASSERT_TRUE(Put(kTree, "0/a", "theirs", "2").ok());
  EXPECT_EQ(Read(kTree, "0/a"), "ours");
  const std::string blob = Hold("x");
  EXPECT_TRUE(absl::IsNotFound(artifacts_.Put(kTheirs, root_, "a", blob).status()));
  EXPECT_TRUE(absl::IsNotFound(artifacts_.Put(kOurs, root_, "a", base::Sha256Hex("never")).status()));
  EXPECT_TRUE(absl::IsNotFound(artifacts_.List(kTheirs, root_, "").status()));
  EXPECT_TRUE(absl::IsNotFound(artifacts_.Location(kTheirs, root_).status()));
  EXPECT_TRUE(absl::IsNotFound(artifacts_.Delete(kTheirs, root_, "a").status()));
}

TEST_F(PgArtifactStoreTest, PinningIsForAllBlobsOrNone) {
  const std::string one = Hold("one");
  EXPECT_TRUE(absl::IsNotFound(artifacts_.Pin(kOurs, "model-version/m/1", {one, base::Sha256Hex("never")})));
  EXPECT_EQ(Sql("SELECT count(*)::text FROM tracker.blob_pins"), "0");
  EXPECT_TRUE(absl::IsNotFound(artifacts_.Pin(kTheirs, "model-version/m/1", {one})));
  EXPECT_TRUE(artifacts_.Pin(kOurs, "model-version/m/1", {one, one, Hold("two")}).ok());
  EXPECT_TRUE(artifacts_.Pin(kOurs, "model-version/m/1", {one}).ok());
  EXPECT_EQ(Sql("SELECT count(*)::text FROM tracker.blob_pins"), "2");
  EXPECT_TRUE(artifacts_.Unpin(kTheirs, "model-version/m/1").ok());
  EXPECT_EQ(Sql("SELECT count(*)::text FROM tracker.blob_pins"), "2");
  EXPECT_TRUE(artifacts_.Unpin(kOurs, "model-version/m/1").ok());
  EXPECT_EQ(Sql("SELECT count(*)::text FROM tracker.blob_pins"), "0");
}

TEST_F(PgArtifactStoreTest, PinningATreeAnswersWithItsFiles) {
  for (const char* path : {"model/a", "model/b", "other"}) ASSERT_TRUE(Put(root_, path, path).ok());
  const std::vector<Artifact> pinned = *artifacts_.PinTree(kOurs, "owner", root_, "model");
  ASSERT_EQ(pinned.size(), 2u);
  EXPECT_EQ(pinned[1].path, "model/b");
  EXPECT_EQ(pinned[1].blob.sha256, base::Sha256Hex("model/b"));
  EXPECT_EQ(Sql("SELECT count(*)::text FROM tracker.blob_pins"), "2");
}

TEST_F(PgArtifactStoreTest, VersionsAreDenseAndOnePerContent) {
  const DatasetVersion first = *datasets_.CreateVersion(kOurs, Facts("a"));
  EXPECT_EQ(first.version, 1);
  EXPECT_EQ(first.facts.statistics["a"]["mean"], 0.1);
  EXPECT_EQ(datasets_.CreateVersion(kOurs, Facts("b"))->version, 2);
  EXPECT_EQ(datasets_.CreateVersion(kOurs, Facts("a"))->id, first.id);
  EXPECT_EQ(datasets_.Get(kOurs, first.id)->facts.name, "pumps");
  EXPECT_TRUE(absl::IsNotFound(datasets_.Get(kTheirs, first.id).status()));
  EXPECT_EQ(datasets_.List(kOurs, "pumps", {})->items[0].version, 2);
  EXPECT_TRUE(datasets_.List(kOurs, "fans", {})->items.empty());
  EXPECT_TRUE(datasets_.List(kTheirs, std::nullopt, {})->items.empty());
}

TEST_F(PgArtifactStoreTest, AVersionNeedsABlobOfItsWorkspace) {
  const NewDatasetVersion facts = Facts("a");
  EXPECT_TRUE(absl::IsNotFound(datasets_.CreateVersion(kTheirs, facts).status()));
}

TEST_F(PgArtifactStoreTest, VersionsMadeAtOnceHaveDifferentNumbers) {
  std::vector<NewDatasetVersion> facts;
  for (int i = 0; i < 6; ++i) facts.push_back(Facts(std::string(1, static_cast<char>('a' + i))));
  std::vector<int> versions(6);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 6; ++i)
    threads.emplace_back([&, i] { versions[i] = datasets_.CreateVersion(kOurs, facts[i])->version; });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(versions, UnorderedElementsAre(1, 2, 3, 4, 5, 6));
}

}  // namespace
}  // namespace millwright::tracker
