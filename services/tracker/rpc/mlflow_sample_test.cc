#include "tracker/rpc/mlflow_sample.h"

#include <gmock/gmock.h>

#include "tracker/rpc/mlflow_log_model.h"

namespace millwright::tracker {
namespace {

std::vector<std::int64_t> StepsOf(std::size_t count, std::size_t most) {
  std::vector<Point> history;
  for (std::size_t i = 0; i < count; ++i) history.push_back({static_cast<std::int64_t>(i), 0, 0});
  std::vector<std::int64_t> steps;
  for (const Point& point : SampleEvenly(history, most)) steps.push_back(point.step);
  return steps;
}

TEST(MlflowSampleTest, AShortHistoryIsWhole) {
  EXPECT_THAT(StepsOf(0, 3), testing::IsEmpty());
  EXPECT_THAT(StepsOf(3, 3), testing::ElementsAre(0, 1, 2));
}

TEST(MlflowSampleTest, ALongOneKeepsItsEnds) {
  EXPECT_THAT(StepsOf(13, 3), testing::ElementsAre(0, 5, 12));
  EXPECT_THAT(StepsOf(13, 5), testing::ElementsAre(0, 3, 6, 9, 12));
  EXPECT_THAT(StepsOf(13, 1), testing::ElementsAre(12));
}

TEST(MlflowLogModelTest, TheHistoryGrowsByWhatMattersOfAModel) {
  const std::string model =
      R"({"utc_time_created":"t","flavors":{"x":{"config":1,"b":2.5},"y":3},"run_id":"r","artifact_path":"é","signature":{}})";
  const std::string entry = *ReadModelEntry(model);
  EXPECT_EQ(entry,
            R"({"run_id": "r", "artifact_path": "\u00e9", "utc_time_created": "t", "flavors": {"x": {"b": 2.5}, "y": 3}})");
  const std::string history = AppendToModelHistory("", entry);
  EXPECT_EQ(history, "[" + entry + "]");
  EXPECT_EQ(AppendToModelHistory(history, entry), "[" + entry + ", " + entry + "]");
}

TEST(MlflowLogModelTest, SaysWhatAModelLacks) {
  EXPECT_EQ(ReadModelEntry("{bad").status().message(), "Malformed model info. \n {bad \n is not a valid JSON.");
  EXPECT_THAT(std::string(ReadModelEntry("{}").status().message()), testing::HasSubstr("'artifact_path', 'flavors'"));
  EXPECT_FALSE(ReadModelEntry("[]").ok());
  EXPECT_FALSE(ReadModelEntry(std::string(100'000, '[')).ok());
}

}  // namespace
}  // namespace millwright::tracker
