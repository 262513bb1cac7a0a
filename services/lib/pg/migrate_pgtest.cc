#include <gmock/gmock.h>

#include <thread>

#include "lib/pg/database_test.h"
#include "lib/pg/migrate.h"

namespace millwright::pg {
namespace {

using testing::HasSubstr;

constexpr char kFirst[] = "CREATE TABLE runs (id bigint PRIMARY KEY);\nCREATE TABLE tags (id bigint);\n";
constexpr char kSecond[] = "ALTER TABLE plant.runs ADD COLUMN name text;";

class MigratePgTest : public DatabaseTest {
 protected:
  std::int64_t Applied() {
    constexpr Statement kApplied{"applied", "SELECT count(*) FROM plant.schema_migrations"};
    return db().Transact([&](Tx& tx) { return tx.One(kApplied); })->Int(0);
  }
  bool Has(const char* sql) {
    return db().Transact([&](Tx& tx) { return tx.Many(Statement{"probe", sql}).status(); }).ok();
  }
};

TEST_F(MigratePgTest, AppliesWhatIsNewAndNothingTwice) {
  ASSERT_EQ(Migrate(db(), "plant", {{"0001_runs.sql", kFirst}}), absl::OkStatus());
  EXPECT_EQ(Applied(), 1);
  ASSERT_EQ(Migrate(db(), "plant", {{"0001_runs.sql", kFirst}, {"0002_name.sql", kSecond}}), absl::OkStatus());
  ASSERT_EQ(Migrate(db(), "plant", {{"0001_runs.sql", kFirst}, {"0002_name.sql", kSecond}}), absl::OkStatus());
  EXPECT_EQ(Applied(), 2);
  EXPECT_TRUE(Has("SELECT name FROM plant.runs"));
}

TEST_F(MigratePgTest, AChangedFileIsRefusedAndNothingApplied) {
  ASSERT_TRUE(Migrate(db(), "plant", {{"0001_runs.sql", kFirst}}).ok());
  const absl::Status status = Migrate(db(), "plant", {{"0001_runs.sql", "SELECT 1"}, {"0002_name.sql", kSecond}});
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("0001_runs.sql"));
  EXPECT_FALSE(Has("SELECT name FROM plant.runs"));
}

TEST_F(MigratePgTest, ADatabaseNewerThanTheProgramIsRefused) {
  ASSERT_TRUE(Migrate(db(), "plant", {{"0001_runs.sql", kFirst}, {"0002_name.sql", kSecond}}).ok());
  const absl::Status status = Migrate(db(), "plant", {{"0001_runs.sql", kFirst}});
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("newer than the program"));
}

TEST_F(MigratePgTest, AFileThatComesTooLateIsRefused) {
  ASSERT_TRUE(Migrate(db(), "plant", {{"0002_runs.sql", kFirst}}).ok());
  EXPECT_THAT(Migrate(db(), "plant", {{"0001_early.sql", "SELECT 1"}, {"0002_runs.sql", kFirst}}).message(),
              HasSubstr("later number"));
}

TEST_F(MigratePgTest, AFailedFileLeavesNoHalf) {
  EXPECT_FALSE(Migrate(db(), "plant", {{"0001_runs.sql", std::string(kFirst) + "CREATE NONSENSE;"}}).ok());
  EXPECT_FALSE(Has("SELECT id FROM plant.runs"));
  EXPECT_EQ(Migrate(db(), "plant", {{"0001_runs.sql", kFirst}}), absl::OkStatus());
}

TEST_F(MigratePgTest, TwoServersThatStartAtOnceApplyEachFileOnce) {
  const MigrationFiles files = {{"0001_runs.sql", kFirst}, {"0002_name.sql", kSecond}};
  absl::Status other;
  std::thread thread([&] { other = Migrate(db(), "plant", files); });
  EXPECT_EQ(Migrate(db(), "plant", files), absl::OkStatus());
  thread.join();
  EXPECT_EQ(other, absl::OkStatus());
  EXPECT_EQ(Applied(), 2);
}

}  // namespace
}  // namespace millwright::pg
