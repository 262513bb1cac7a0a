#include "telemetry/domain/event.h"

#include <gmock/gmock.h>

namespace millwright::telemetry {
namespace {

using testing::HasSubstr;

TEST(EventsTest, AreSortedAndTheLastOfAnIdStays) {
  std::vector<Event> events = {{"b", AssetId("p"), EventKind::kFailure, "old", {}},
                               {"a", AssetId("p"), EventKind::kFailure, "x", {}},
                               {"b", AssetId("p"), EventKind::kMaintenance, "new", {}}};
  ASSERT_EQ(Normalise(events), absl::OkStatus());
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].id, "a");
  EXPECT_EQ(events[1].code, "new");
}

TEST(EventsTest, BoundsNameTheFieldAndTheIndex) {
  std::vector<Event> nameless = {{"a", AssetId("p"), EventKind::kFailure, "", {}},
                                 {"", AssetId("p"), EventKind::kFailure, "", {}}};
  EXPECT_THAT(Normalise(nameless).message(), HasSubstr("events[1].event_id"));
  std::vector<Event> long_code = {{"a", AssetId("p"), EventKind::kFailure, std::string(201, 'c'), {}}};
  EXPECT_THAT(Normalise(long_code).message(), HasSubstr("events[0].code: has 201 bytes"));
  std::vector<Event> many(kMaxEvents + 1, {"a", AssetId("p"), EventKind::kFailure, "", {}});
  EXPECT_THAT(Normalise(many).message(), HasSubstr("at most 10000"));
}

TEST(EventKindTest, NamesReadBack) {
  for (const EventKind kind : {EventKind::kFailure, EventKind::kMaintenance}) EXPECT_EQ(ParseEventKind(Name(kind)), kind);
}

}  // namespace
}  // namespace millwright::telemetry
