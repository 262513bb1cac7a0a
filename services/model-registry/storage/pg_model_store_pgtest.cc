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
  EXPECT_TRUE(absl::IsAlreadyExists(models_.CreateModel(workspace_, {.name = "pump", .created_at = at_}).status()));
  MakeModel("pump", other_);
}

TEST_F(PgModelStoreTest, AnotherWorkspaceDoesNotSeeTheModel) {
  MakeModel();
  MakeVersion();
  EXPECT_TRUE(absl::IsNotFound(models_.GetModel(other_, "pump").status()));
  EXPECT_TRUE(absl::IsNotFound(models_.GetVersion(other_, "pump", 1).status()));
  EXPECT_TRUE(absl::IsNotFound(models_.ListVersions(other_, "pump", 100, 10).status()));
  EXPECT_TRUE(models_.ListModels(other_, "", 10).value().empty());
}

TEST_F(PgModelStoreTest, VersionsCountUpAndReadBack) {
  MakeModel();
  EXPECT_EQ(MakeVersion(), 1);
  EXPECT_EQ(MakeVersion(), 2);
  const ModelVersion version = models_.GetVersion(workspace_, "pump", 2).value();
  EXPECT_EQ(version.stage, Stage::kNone);
  EXPECT_EQ(version.created_by, "ada");
  ASSERT_EQ(version.files.size(), 1u);
  EXPECT_EQ(version.files[0].path, "model.ubj");
  EXPECT_EQ(version.files[0].size, 7u);
  EXPECT_EQ(models_.GetModel(workspace_, "pump").value().latest_version, 2);
  EXPECT_TRUE(absl::IsNotFound(models_.GetVersion(workspace_, "pump", 3).status()));
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
  EXPECT_EQ(models_.GetVersion(workspace_, "pump", 1).value().content_hash, "hash");
}

TEST_F(PgModelStoreTest, EvaluationsKeepEveryDoubleAndComeNewestFirst) {
  MakeModel();
  MakeVersion();
  Evaluate(1, 0.1 + 0.2);
  Evaluate(1, std::numeric_limits<double>::quiet_NaN());
  Evaluate(1, -std::numeric_limits<double>::infinity());
  const std::vector<Evaluation> evaluations = models_.ListEvaluations(workspace_, "pump", 1, 10).value();
  ASSERT_EQ(evaluations.size(), 3u);
  EXPECT_EQ(evaluations[0].metrics.at("rmse"), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(evaluations[1].metrics.at("rmse")));
  EXPECT_EQ(evaluations[2].metrics.at("rmse"), 0.1 + 0.2);
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
