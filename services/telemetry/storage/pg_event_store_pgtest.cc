#include <gmock/gmock.h>

#include "lib/pg/database_test.h"
#include "migrations.h"
#include "telemetry/storage/pg_event_store.h"

namespace millwright::telemetry {
namespace {

using testing::ElementsAre;
const base::WorkspaceId kOurs("1");
const base::WorkspaceId kTheirs("2");
const absl::Time kNoon = absl::FromUnixMicros(1'700'000'000'123'456);

class PgEventStoreTest : public pg::DatabaseTest {
 protected:
  PgEventStoreTest() : DatabaseTest({{"telemetry", migrations()}}) {}
  void SetUp() override {
    DatabaseTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_EQ(events_.Record(kOurs, {{"1", AssetId("pump"), EventKind::kFailure, "seizure", kNoon + absl::Hours(1)},
                                     {"2", AssetId("pump"), EventKind::kMaintenance, "한글, \"quoted\"", kNoon},
                                     {"3", AssetId("fan"), EventKind::kFailure, "", kNoon}}),
              absl::OkStatus());
  }
  std::vector<std::string> Ids(const EventQuery& query) {
    std::vector<std::string> ids;
    const std::vector<Event> listed = *events_.List(kOurs, query);
    for (const Event& event : listed) ids.push_back(event.id);
    return ids;
  }
  PgEventStore events_{db()};
};

TEST_F(PgEventStoreTest, AreListedByTimeThenId) {
  EXPECT_THAT(Ids({}), ElementsAre("2", "3", "1"));
  EXPECT_THAT(Ids({.asset_ids = {"pump"}}), ElementsAre("2", "1"));
  EXPECT_THAT(Ids({.to = kNoon + absl::Hours(1)}), ElementsAre("2", "3"));
  EXPECT_THAT(Ids({.from = kNoon + absl::Microseconds(1)}), ElementsAre("1"));
  EXPECT_THAT(Ids({.size = 1, .after = std::pair(kNoon, std::string("2"))}), ElementsAre("3"));
}

TEST_F(PgEventStoreTest, ComeBackAsTheyWent) {
  const Event event = events_.List(kOurs, {})->at(0);
  EXPECT_EQ(event.at, kNoon);
  EXPECT_EQ(event.kind, EventKind::kMaintenance);
  EXPECT_EQ(event.code, "한글, \"quoted\"");
}

TEST_F(PgEventStoreTest, TheSameIdReplacesWithinTheWorkspaceOnly) {
  ASSERT_TRUE(events_.Record(kOurs, {{"1", AssetId("pump"), EventKind::kFailure, "leak", kNoon - absl::Hours(1)}}).ok());
  ASSERT_TRUE(events_.Record(kTheirs, {{"1", AssetId("pump"), EventKind::kFailure, "theirs", kNoon}}).ok());
  EXPECT_THAT(Ids({}), ElementsAre("1", "2", "3"));
  EXPECT_EQ(events_.List(kOurs, {})->at(0).code, "leak");
  EXPECT_EQ(events_.List(kTheirs, {})->size(), 1u);
}

}  // namespace
}  // namespace millwright::telemetry
