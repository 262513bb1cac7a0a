#include "trainer-worker/tasks/spec.h"

#include <gtest/gtest.h>

namespace millwright::trainer {
namespace {

TEST(SpecReaderTest, ReadsWhatIsThereAndFallsBackForTheRest) {
  const nlohmann::json spec{{"pumps", 3}, {"dataset", "fleet"}};
  SpecReader reader(spec);
  EXPECT_EQ(reader.Int("pumps", 8, 1, 10), 3);
  EXPECT_EQ(reader.Int("minutes", 60, 1, 100), 60);
  EXPECT_EQ(reader.Text("dataset"), "fleet");
  EXPECT_TRUE(reader.Finish().ok());
}

TEST(SpecReaderTest, NamesTheFieldTheValueAndWhatWouldBeRight) {
  const nlohmann::json spec{{"pumps", "many"}};
  SpecReader reader(spec);
  reader.Int("pumps", 8, 1, 1000);
  EXPECT_EQ(reader.Finish().message(), "with.pumps is \"many\"; it must be a whole number from 1 to 1000");
}

TEST(SpecReaderTest, AMissingFieldIsNamed) {
  const nlohmann::json spec = nlohmann::json::object();
  SpecReader reader(spec);
  reader.Text("dataset");
  EXPECT_EQ(reader.Finish().message(), "with.dataset is missing");
}

TEST(SpecReaderTest, RefusesAKeyThatNobodyAskedFor) {
  const nlohmann::json spec{{"pump", 3}};
  SpecReader reader(spec);
  reader.Int("pumps", 8, 1, 10);
  EXPECT_EQ(reader.Finish().message(), "with.pump is not known; known are pumps");
}

TEST(SpecReaderTest, AnInnerObjectIsNamedByItsPath) {
  const nlohmann::json spec{{"split", "tset"}};
  SpecReader reader(spec, "with.options");
  EXPECT_EQ(reader.OneOf("split", "all", {"test", "all"}), "all");
  EXPECT_EQ(SpecReader(spec).OneOf("other", "all", {"test", "all"}), "all");
  EXPECT_EQ(reader.Finish().message(), "with.options.split is \"tset\"; it must be test or all");
}

TEST(SpecReaderTest, KeepsTheFirstProblem) {
  const nlohmann::json spec{{"a", 1}, {"b", 2}};
  SpecReader reader(spec);
  reader.Text("a");
  reader.Object("b");
  EXPECT_EQ(reader.Finish().message(), "with.a is 1; it must be a text");
}

}  // namespace
}  // namespace millwright::trainer
