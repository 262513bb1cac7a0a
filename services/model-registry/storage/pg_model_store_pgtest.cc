#include <cmath>
#include <limits>
#include <set>
#include <thread>

#include "model-registry/storage/pg_model_store.h"
#include "model-registry/storage/registry_database_test.h"

namespace millwright::registry {
namespace {

class PgModelStoreTest : public RegistryDatabaseTest {};

TEST_F(PgModelStoreTest, ANameIsTakenOncePerWorkspace) {
  MakeModel();
  EXPECT_TRUE(absl::IsAlreadyExists(models_.CreateModel(workspace_, {.name = "pump"}, Now()).status()));
  MakeModel("pump", other_);
}

TEST_F(PgModelStoreTest, AnotherWorkspaceDoesNotSeeTheModel) {
  MakeModel();
  MakeVersion();
  EXPECT_TRUE(absl::IsNotFound(models_.GetModel(other_, "pump").status()));
  EXPECT_TRUE(absl::IsNotFound(versions_.GetVersion(other_, "pump", 1).status()));
  EXPECT_TRUE(absl::IsNotFound(versions_.ListVersions(other_, "pump", 100, 10).status()));
  EXPECT_TRUE(models_.ListModels(other_, "", 10).value().empty());
}

TEST_F(PgModelStoreTest, VersionsCountUpAndReadBack) {
  MakeModel();
  EXPECT_EQ(MakeVersion(), 1);
  EXPECT_EQ(MakeVersion(), 2);
  const ModelVersion version = versions_.GetVersion(workspace_, "pump", 2).value();
  EXPECT_EQ(version.stage, Stage::kNone);
  EXPECT_EQ(version.created_by, "ada");
  ASSERT_EQ(version.files.size(), 1u);
  EXPECT_EQ(version.files[0].path, "model.ubj");
  EXPECT_EQ(version.files[0].size, 7u);
  EXPECT_EQ(models_.GetModel(workspace_, "pump").value().latest_version, 2);
  EXPECT_TRUE(absl::IsNotFound(versions_.GetVersion(workspace_, "pump", 3).status()));
}

TEST_F(PgModelStoreTest, TheSameRequestGivesTheSameVersion) {
  MakeModel();
  EXPECT_EQ(MakeVersion("pump", "r1"), 1);
  EXPECT_EQ(MakeVersion("pump", "r1"), 1);
  EXPECT_EQ(MakeVersion("pump", "r2"), 2);
}

TEST_F(PgModelStoreTest, ConcurrentVersionsGetNumbersOfTheirOwn) {
  MakeModel();
  std::vector<int> numbers(8);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&, i] { numbers[i] = MakeVersion(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<int>(numbers.begin(), numbers.end()), (std::set<int>{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_F(PgModelStoreTest, AVersionCannotBeEditedOrDeletedEvenInSql) {
  MakeModel();
  MakeVersion();
  constexpr pg::Statement kEdit{"edit", "UPDATE registry.model_versions SET content_hash = 'other'"};
  constexpr pg::Statement kDelete{"delete", "DELETE FROM registry.model_versions"};
  EXPECT_FALSE(db().Transact([&](pg::Tx& tx) { return tx.Execute(kEdit).status(); }).ok());
  EXPECT_FALSE(db().Transact([&](pg::Tx& tx) { return tx.Execute(kDelete).status(); }).ok());
  EXPECT_EQ(versions_.GetVersion(workspace_, "pump", 1).value().content_hash, "hash");
}

TEST_F(PgModelStoreTest, EvaluationsKeepEveryDoubleAndComeNewestFirst) {
  MakeModel();
  MakeVersion();
  Evaluate(1, 0.1 + 0.2);
  Evaluate(1, std::numeric_limits<double>::quiet_NaN());
  Evaluate(1, -std::numeric_limits<double>::infinity());
  const std::vector<Evaluation> evaluations = versions_.ListEvaluations(workspace_, "pump", 1, 10).value();
  ASSERT_EQ(evaluations.size(), 3u);
  EXPECT_EQ(evaluations[0].metrics.at("rmse"), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(evaluations[1].metrics.at("rmse")));
  EXPECT_EQ(evaluations[2].metrics.at("rmse"), 0.1 + 0.2);
}

TEST_F(PgModelStoreTest, TagsAndAliasesReadBackAndGoSilently) {
  ASSERT_TRUE(models_.CreateModel(workspace_, {.name = "pump", .description = "d", .tags = {{"team", "north"}}}, Now()).ok());
  MakeVersion();
  MakeVersion();
  ASSERT_TRUE(models_.SetTag(workspace_, "pump", "site", "", Now()).ok());
  ASSERT_TRUE(models_.SetTag(workspace_, "pump", "team", "south", Now()).ok());
  ASSERT_TRUE(models_.SetAlias(workspace_, "pump", "champion", 1, Now()).ok());
  ASSERT_TRUE(models_.SetAlias(workspace_, "pump", "champion", 2, Now()).ok());
  RegisteredModel model = models_.GetModel(workspace_, "pump").value();
  EXPECT_EQ(model.tags, (Tags{{"site", ""}, {"team", "south"}}));
  EXPECT_EQ(model.aliases, (std::map<std::string, int>{{"champion", 2}}));
  EXPECT_EQ(versions_.GetVersionByAlias(workspace_, "pump", "champion").value().version, 2);
  EXPECT_EQ(versions_.GetVersion(workspace_, "pump", 2).value().aliases, std::vector<std::string>{"champion"});
  EXPECT_TRUE(absl::IsNotFound(models_.SetAlias(workspace_, "pump", "next", 3, Now())));
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(models_.DeleteTag(workspace_, "pump", "site", Now()).ok());
    EXPECT_TRUE(models_.DeleteAlias(workspace_, "pump", "champion", Now()).ok());
  }
  model = models_.GetModel(workspace_, "pump").value();
  EXPECT_EQ(model.tags, (Tags{{"team", "south"}}));
  EXPECT_TRUE(model.aliases.empty());
  EXPECT_TRUE(absl::IsNotFound(versions_.GetVersionByAlias(workspace_, "pump", "champion").status()));
}

TEST_F(PgModelStoreTest, OnlyWhatIsSetOfAVersionChanges) {
  MakeModel();
  MakeVersion();
  ASSERT_TRUE(versions_.SetVersionTag(workspace_, "pump", 1, "checked", "yes", Now()).ok());
  ASSERT_TRUE(versions_.UpdateVersion(workspace_, "pump", 1, {.card_text = "# For whom"}, Now()).ok());
  at_ += absl::Seconds(1);
  const ModelVersion version = versions_.UpdateVersion(workspace_, "pump", 1, {.description = "new"}, Now()).value();
  EXPECT_EQ(version.description, "new");
  EXPECT_EQ(version.card_text, "# For whom");
  EXPECT_EQ(version.tags, (Tags{{"checked", "yes"}}));
  EXPECT_EQ(version.updated_at, at_);
  ASSERT_TRUE(versions_.DeleteVersionTag(workspace_, "pump", 1, "checked", Now()).ok());
  EXPECT_TRUE(versions_.GetVersion(workspace_, "pump", 1).value().tags.empty());
}

TEST_F(PgModelStoreTest, LatestVersionsAreTheHighestOfEachStage) {
  MakeModel();
  MakeModel("other");
  for (int i = 0; i < 4; ++i) MakeVersion();
  MakeVersion("other");
  for (int version : {2, 1}) ASSERT_TRUE(Promote(version, Stage::kStaging).ok());
  const auto numbers = [&](const std::vector<Stage>& stages) {
    std::vector<std::pair<std::string, int>> found;
    const std::vector<ModelVersion> latest = versions_.LatestVersions(workspace_, {"pump", "other"}, stages).value();
    for (const ModelVersion& version : latest) found.push_back({version.name, version.version});
    return found;
  };
  EXPECT_EQ(numbers({}), (std::vector<std::pair<std::string, int>>{{"other", 1}, {"pump", 4}, {"pump", 2}}));
  EXPECT_EQ(numbers({Stage::kStaging}), (std::vector<std::pair<std::string, int>>{{"pump", 2}}));
}

TEST_F(PgModelStoreTest, ADeletedVersionIsGoneAndItsNumberIsNotUsedAgain) {
  MakeModel();
  MakeVersion();
  MakeVersion();
  ASSERT_TRUE(models_.SetAlias(workspace_, "pump", "champion", 2, Now()).ok());
  ASSERT_TRUE(releases_.DeleteVersion(workspace_, "pump", 2, false, Now()).ok());
  EXPECT_TRUE(absl::IsNotFound(versions_.GetVersion(workspace_, "pump", 2).status()));
  EXPECT_TRUE(absl::IsNotFound(releases_.DeleteVersion(workspace_, "pump", 2, false, Now())));
  EXPECT_TRUE(absl::IsNotFound(Promote(2).status()));
  EXPECT_EQ(versions_.ListVersions(workspace_, "pump", 100, 10).value().size(), 1u);
  EXPECT_TRUE(models_.GetModel(workspace_, "pump").value().aliases.empty());
  EXPECT_EQ(MakeVersion(), 3);
}

TEST_F(PgModelStoreTest, ADeletedModelFreesItsNameButNotItsNumbers) {
  MakeModel();
  MakeVersion();
  MakeVersion();
  ASSERT_TRUE(releases_.DeleteModel(workspace_, "pump", false, Now()).ok());
  EXPECT_TRUE(absl::IsNotFound(models_.GetModel(workspace_, "pump").status()));
  EXPECT_TRUE(models_.ListModels(workspace_, "", 10).value().empty());
  EXPECT_EQ(releases_.ListPromotions(workspace_, "pump", 1000, 10).value().size(), 2u);
  MakeModel();
  EXPECT_EQ(models_.GetModel(workspace_, "pump").value().latest_version, 0);
  EXPECT_EQ(MakeVersion(), 3);
  EXPECT_TRUE(releases_.ListPromotions(workspace_, "pump", 1000, 10).value().empty());
}

TEST_F(PgModelStoreTest, ARenamedModelTakesEverythingAlongAndLeavesItsNumbersBehind) {
  MakeModel();
  MakeModel("taken");
  MakeVersion();
  MakeVersion();
  ASSERT_TRUE(models_.SetAlias(workspace_, "pump", "champion", 1, Now()).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(releases_.RenameModel(workspace_, "pump", "taken", Now())));
  ASSERT_TRUE(releases_.RenameModel(workspace_, "pump", "fan", Now()).ok());
  EXPECT_TRUE(absl::IsNotFound(models_.GetModel(workspace_, "pump").status()));
  EXPECT_EQ(versions_.GetVersionByAlias(workspace_, "fan", "champion").value().name, "fan");
  EXPECT_EQ(MakeVersion("fan"), 3);
  MakeModel();
  EXPECT_EQ(MakeVersion("pump"), 3);
}

TEST_F(PgModelStoreTest, ListsPageByName) {
  for (const char* name : {"c", "a", "b", "펌프"}) MakeModel(name);
  const std::vector<RegisteredModel> first = models_.ListModels(workspace_, "", 2).value();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[1].name, "b");
  const std::vector<RegisteredModel> rest = models_.ListModels(workspace_, "b", 10).value();
  ASSERT_EQ(rest.size(), 2u);
  EXPECT_EQ(rest[1].name, "펌프");
}

}  // namespace
}  // namespace millwright::registry
