#include <gmock/gmock.h>

#include <thread>

#include "absl/time/clock.h"
#include "lib/base/sha256.h"
#include "lib/pg/database_test.h"
#include "migrations.h"
#include "tracker/storage/pg_artifact_store.h"
#include "tracker/storage/pg_dataset_store.h"
#include "tracker/storage/pg_run_store.h"

namespace millwright::tracker {
namespace {

using testing::ElementsAre;
const base::WorkspaceId kOurs("1");
const base::WorkspaceId kTheirs("2");

class PgArtifactStoreTest : public pg::DatabaseTest {
 protected:
  PgArtifactStoreTest() : DatabaseTest({{"tracker", migrations()}}) {}

  RunId CreateRun() {
    return runs_.Create(kOurs, {NewRunId(), ExperimentId("0"), "run", {}, "ada", std::nullopt, absl::Now()})->id;
  }
  std::string Hold(const std::string& content) {
    const Blob blob{base::Sha256Hex(content), content.size()};
    EXPECT_EQ(artifacts_.Hold(kOurs, blob), absl::OkStatus());
    return blob.sha256;
  }
  NewDatasetVersion Facts(const std::string& content) {
    return {"pumps",
            Hold(content),
            base::Sha256Hex(content + "!"),
            3,
            {{"columns", {"a", "b"}}},
            {{"a", {{"mean", 0.1}}}},
            nlohmann::json::object()};
  }
  std::vector<std::string> Paths(const RunId& run, const std::string& below) {
    std::vector<std::string> paths;
    const std::vector<Artifact> listed = *artifacts_.List(kOurs, run, below);
    for (const Artifact& artifact : listed) paths.push_back(artifact.path);
    return paths;
  }

  PgRunStore runs_{db()};
  PgArtifactStore artifacts_{db()};
  PgDatasetStore datasets_{db()};
};

TEST_F(PgArtifactStoreTest, ABlobIsHeldByTheWorkspaceThatSentIt) {
  const std::string blob = Hold("abc");
  Hold("abc");
  EXPECT_EQ(artifacts_.GetHeld(kOurs, blob)->size, 3u);
  EXPECT_TRUE(absl::IsNotFound(artifacts_.GetHeld(kTheirs, blob).status()));
}

TEST_F(PgArtifactStoreTest, AnArtifactPointsAtTheLastBlobPutThere) {
  const RunId run = CreateRun();
  ASSERT_TRUE(artifacts_.Put(kOurs, run, "model/m.ubj", Hold("one")).ok());
  ASSERT_TRUE(artifacts_.Put(kOurs, run, "model/m.ubj", Hold("three")).ok());
  EXPECT_EQ(artifacts_.List(kOurs, run, "")->at(0).blob.size, 5u);
}

TEST_F(PgArtifactStoreTest, AFolderListsWhatIsBelowItOnly) {
  const RunId run = CreateRun();
  const std::string blob = Hold("x");
  for (const char* path : {"model/b", "model/a", "model", "model-2/a", "model.txt", "zeta"})
    ASSERT_TRUE(artifacts_.Put(kOurs, run, path, blob).ok());
  EXPECT_THAT(Paths(run, "model"), ElementsAre("model", "model/a", "model/b"));
  EXPECT_THAT(Paths(run, ""), ElementsAre("model", "model-2/a", "model.txt", "model/a", "model/b", "zeta"));
}

TEST_F(PgArtifactStoreTest, RunsAndBlobsOfAnotherWorkspaceAreNotFound) {
  const RunId run = CreateRun();
  const std::string blob = Hold("x");
  EXPECT_TRUE(absl::IsNotFound(artifacts_.Put(kTheirs, run, "a", blob).status()));
  EXPECT_TRUE(absl::IsNotFound(artifacts_.Put(kOurs, run, "a", base::Sha256Hex("never")).status()));
  EXPECT_TRUE(absl::IsNotFound(artifacts_.List(kTheirs, run, "").status()));
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
  EXPECT_THAT(versions, testing::UnorderedElementsAre(1, 2, 3, 4, 5, 6));
}

}  // namespace
}  // namespace millwright::tracker
