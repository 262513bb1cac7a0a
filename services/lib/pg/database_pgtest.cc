#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "lib/base/status_macros.h"
#include "lib/pg/config.h"
#include "lib/pg/database.h"
#include "lib/pg/database_test.h"

namespace millwright::pg {
namespace {

using testing::HasSubstr;

constexpr Statement kMakeTable{"make_table",
                               "CREATE TABLE things (id bigint PRIMARY KEY, name text UNIQUE, value float8, CHECK (id > 0))"};
constexpr Statement kInsert{"insert", "INSERT INTO things (id, name, value) VALUES ($1, $2, $3)"};
constexpr Statement kCount{"count", "SELECT count(*) FROM things"};
constexpr Statement kRaise{"raise", "UPDATE things SET value = value + $2 WHERE id = $1"};

class DatabasePgTest : public DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_EQ(db().Transact([](Tx& tx) { return tx.Execute(kMakeTable).status(); }), absl::OkStatus());
  }
  absl::Status Insert(std::int64_t id, const std::string& name, double value = 0) {
    return db().Transact([&](Tx& tx) { return tx.Execute(kInsert, id, name, value).status(); });
  }
  absl::StatusOr<std::int64_t> Count() {
    return db().Transact([](Tx& tx) -> absl::StatusOr<std::int64_t> {
      ASSIGN_OR_RETURN(const Row row, tx.One(kCount));
      return row.Int(0);
    });
  }
};

TEST_F(DatabasePgTest, AFailedBodyLeavesNothingBehind) {
  const absl::Status status = db().Transact([](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Execute(kInsert, 1, "one", 1.0).status());
    return absl::FailedPreconditionError("no");
  });
  EXPECT_EQ(status.message(), "no");
  EXPECT_EQ(Count().value(), 0);
}

TEST_F(DatabasePgTest, ABodyThatIgnoresAFailedStatementDoesNotCommit) {
  ASSERT_TRUE(Insert(1, "one").ok());
  const absl::Status status = db().Transact([](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Execute(kInsert, 2, "two", 1.0).status());
    (void)tx.Execute(kInsert, 1, "again", 1.0);
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsAlreadyExists(status)) << status;
  EXPECT_EQ(Count().value(), 1);
}

TEST_F(DatabasePgTest, ConstraintsComeBackAsStatuses) {
  ASSERT_TRUE(Insert(1, "one").ok());
  const absl::Status taken = Insert(2, "one");
  EXPECT_TRUE(absl::IsAlreadyExists(taken)) << taken;
  EXPECT_THAT(taken.message(), HasSubstr("things_name_key"));
  EXPECT_TRUE(absl::IsInvalidArgument(Insert(-1, "minus")));
  EXPECT_TRUE(absl::IsInvalidArgument(Insert(3, std::string("a\0b", 3))));
  EXPECT_TRUE(absl::IsInvalidArgument(Insert(3, "\xff\xfe")));
  EXPECT_EQ(Count().value(), 1);
}

TEST_F(DatabasePgTest, EveryTypeComesBackAsItWent) {
  constexpr Statement kEcho{
      "echo", "SELECT $1::float8, $2::timestamptz, $3::jsonb, $4::bytea, $5::bool, $6::text, $7::bigint, $8::text[]"};
  const nlohmann::json json = {{"a", {1, 2.5, nullptr}}, {"b", "\"quoted\" \\ 한글"}};
  const absl::Time at = absl::FromUnixMicros(1'700'000'000'123'456);
  const std::string raw("\0\xff\\x\n", 5);
  for (const double value : {0.1, 1e308, 5e-324, -0.0, std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(), 1.0 / 3}) {
    ASSERT_EQ(db().Transact([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const Row row, tx.One(kEcho, value, at, json, Bytes(raw), true, std::optional<std::string>(),
                                             std::numeric_limits<std::int64_t>::min(), std::vector<std::string>{"x,\"y\\", "z"}));
      EXPECT_TRUE(std::isnan(value) ? std::isnan(row.Double(0))
                                    : std::signbit(row.Double(0)) == std::signbit(value) && row.Double(0) == value)
          << value;
      EXPECT_EQ(row.Time(1), at);
      EXPECT_EQ(row.Json(2), json);
      EXPECT_EQ(row.Bytes(3), raw);
      EXPECT_TRUE(row.Bool(4));
      EXPECT_EQ(row.OptionalText(5), std::nullopt);
      EXPECT_EQ(row.Int(6), std::numeric_limits<std::int64_t>::min());
      EXPECT_EQ(row.Text(7), R"({"x,\"y\\",z})");
      return absl::OkStatus();
    }),
              absl::OkStatus());
  }
}

TEST_F(DatabasePgTest, TimesFarFromNowComeBackAsTheyWent) {
  for (const absl::Time at :
       {absl::FromUnixSeconds(0), absl::FromUnixMicros(-1), absl::FromCivil(absl::CivilYear(1), absl::UTCTimeZone()),
        absl::FromCivil(absl::CivilYear(9999), absl::UTCTimeZone()), absl::InfiniteFuture(), absl::InfinitePast()}) {
    constexpr Statement kEcho{"echo", "SELECT $1::timestamptz"};
    ASSERT_EQ(db().Transact([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const Row row, tx.One(kEcho, at));
      EXPECT_EQ(row.Time(0), at);
      return absl::OkStatus();
    }),
              absl::OkStatus());
  }
}

TEST_F(DatabasePgTest, CopyWritesWhatItWasGiven) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  ASSERT_EQ(db().Transact([&](Tx& tx) -> absl::Status {
    return tx.Copy("public.things", {"id", "name", "value"},
                   {{1, "tab\tline\nback\\slash\r", nan}, {2, std::nullopt, 0.1}, {3, "\\N", 1}});
  }),
            absl::OkStatus());
  constexpr Statement kList{"list", "SELECT name, value FROM things ORDER BY id"};
  ASSERT_EQ(db().Transact([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Row> rows, tx.Many(kList));
    EXPECT_EQ(rows[0].Text(0), "tab\tline\nback\\slash\r");
    EXPECT_TRUE(std::isnan(rows[0].Double(1)));
    EXPECT_EQ(rows[1].OptionalText(0), std::nullopt);
    EXPECT_EQ(rows[1].Double(1), 0.1);
    EXPECT_EQ(rows[2].Text(0), "\\N");
    return absl::OkStatus();
  }),
            absl::OkStatus());
  EXPECT_TRUE(absl::IsAlreadyExists(db().Transact([](Tx& tx) { return tx.Copy("things", {"id"}, {{1}}); })));
  EXPECT_EQ(Count().value(), 3);
}

TEST_F(DatabasePgTest, WorksAgainAfterTheServerWasAway) {
  ASSERT_TRUE(Insert(1, "one").ok());
  StopServer();
  const absl::Status away = Insert(2, "two");
  EXPECT_TRUE(absl::IsUnavailable(away)) << away;
  StartServer();
  EXPECT_EQ(Insert(2, "two"), absl::OkStatus());
  EXPECT_EQ(Count().value(), 2);
}

TEST_F(DatabasePgTest, ARestartWhileIdleIsNotSeenByTheNextCall) {
  ASSERT_TRUE(Insert(1, "one").ok());
  StopServer();
  StartServer();
  EXPECT_EQ(Insert(2, "two"), absl::OkStatus());
}

TEST_F(DatabasePgTest, AConnectionThatIsKilledInATransactionIsReplaced) {
  constexpr Statement kKill{
      "kill",
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"};
  Database other({.url = url(), .pool_size = 1});
  int runs = 0;
  ASSERT_EQ(db().Transact([&](Tx& tx) -> absl::Status {
    if (++runs == 1) {
      EXPECT_TRUE(other.Transact([&](Tx& killer) { return killer.Many(kKill).status(); }).ok());
    }
    return tx.Execute(kInsert, 1, "one", 0.0).status();
  }),
            absl::OkStatus());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Count().value(), 1);
}

TEST_F(DatabasePgTest, OfTwoDeadlockedTransactionsBothCommitInTheEnd) {
  ASSERT_TRUE(Insert(1, "one").ok());
  ASSERT_TRUE(Insert(2, "two").ok());
  absl::Notification first_has_one;
  absl::Notification second_has_two;
  const auto raise = [&](int first, int second, absl::Notification& mine, absl::Notification& theirs) {
    return db().Transact([&](Tx& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.Execute(kRaise, first, 1.0).status());
      if (!mine.HasBeenNotified()) mine.Notify();
      theirs.WaitForNotification();
      return tx.Execute(kRaise, second, 1.0).status();
    });
  };
  absl::Status other;
  std::thread thread([&] { other = raise(2, 1, second_has_two, first_has_one); });
  EXPECT_EQ(raise(1, 2, first_has_one, second_has_two), absl::OkStatus());
  thread.join();
  EXPECT_EQ(other, absl::OkStatus());
}

TEST_F(DatabasePgTest, AnExhaustedPoolIsResourceExhausted) {
  Database small({.url = url(), .pool_size = 1, .acquire_timeout = absl::Milliseconds(20)});
  const absl::Status status = small.Transact([&](Tx&) { return small.Transact([](Tx&) { return absl::OkStatus(); }); });
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_EQ(small.Transact([](Tx&) { return absl::OkStatus(); }), absl::OkStatus());
}

TEST_F(DatabasePgTest, AStatementOverItsTimeIsDeadlineExceeded) {
  constexpr Statement kSleep{"sleep", "SELECT pg_sleep(5)"};
  Database hasty({.url = url(), .pool_size = 1, .statement_timeout = absl::Milliseconds(20)});
  EXPECT_TRUE(absl::IsDeadlineExceeded(hasty.Transact([&](Tx& tx) { return tx.Many(kSleep).status(); })));
}

TEST(DatabaseUrlTest, AServerThatIsNotThereIsUnavailable) {
  Database nowhere({.url = "postgresql://nobody@127.0.0.1:1/none"});
  EXPECT_TRUE(absl::IsUnavailable(nowhere.Transact([](Tx&) { return absl::OkStatus(); })));
}

TEST(DatabaseConfigTest, AUrlOrAFileIsNeeded) {
  DatabaseConfig config;
  EXPECT_THAT(config.Resolve().status().message(), HasSubstr("database.url_file"));
  config.url_file = "/does/not/exist";
  EXPECT_FALSE(config.Resolve().ok());
}

}  // namespace
}  // namespace millwright::pg
