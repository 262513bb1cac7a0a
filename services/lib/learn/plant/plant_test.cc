#include "lib/learn/plant/plant.h"

#include <gtest/gtest.h>

#include <cmath>
#include <iostream>
#include <map>
#include <set>

#include "lib/learn/evaluation/evaluate.h"
#include "lib/learn/testing.h"
#include "lib/learn/training/training.h"

namespace millwright::learn::plant {
namespace {

TEST(PlantTest, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  const PlantOptions options{.pumps = 3, .minutes = 2000, .seed = 5};
  const std::string hash = Simulate(options).table.ContentHash();
  EXPECT_EQ(Simulate(options).table.ContentHash(), hash);
  EXPECT_NE(Simulate({.pumps = 3, .minutes = 2000, .seed = 6}).table.ContentHash(), hash);
}

TEST(PlantTest, PumpsStayWithinPhysicalRanges) {
  const PlantHistory history = Simulate({.pumps = 4, .minutes = 3000});
  const auto median = [&](const char* name) {
    return DescribeNumbers(history.table.Find(name)->numbers)["quantiles"][5].get<double>();
  };
  EXPECT_NEAR(median("voltage"), 398, 5);
  EXPECT_NEAR(median("speed"), 1300, 250);
  EXPECT_GT(median("temperature"), 30);
  EXPECT_LT(median("temperature"), 90);
  EXPECT_GT(median("pressure"), 2);
  EXPECT_LT(median("pressure"), 7);
  for (const Sensor& sensor : kPlantSensors) {
    const nlohmann::json statistics = DescribeNumbers(history.table.Find(sensor.name)->numbers);
    const double share = statistics["missing"].get<double>() / static_cast<double>(history.table.rows());
    EXPECT_GT(share, 0.001) << sensor.name << " never drops out";
    EXPECT_LT(share, 0.05) << sensor.name << " drops out too often";
  }
}

TEST(PlantTest, EveryFailureIsFollowedByARepairAndASilence) {
  const PlantHistory history = Simulate({.pumps = 2, .minutes = 4000});
  std::map<int, PlantEvent> last;
  int repairs = 0;
  for (const PlantEvent& event : history.events) {
    if (event.kind == PlantEvent::Kind::kMaintenance) {
      ASSERT_TRUE(last.contains(event.pump));
      EXPECT_EQ(last.at(event.pump).kind, PlantEvent::Kind::kFailure);
      EXPECT_GE(event.seconds - last.at(event.pump).seconds, 25 * 60);
      ++repairs;
    }
    last[event.pump] = event;
  }
  EXPECT_GT(repairs, 5);
}

TEST(PlantTest, FailuresAreLearnedFromTheLastHourWithFailuresInEverySplit) {
  const PlantHistory history = Simulate({});
  absl::StatusOr<TrainedBundle> trained = Train(history.table, SpecFixture("plant_spec.json"));
  ASSERT_TRUE(trained.ok()) << trained.status();
  for (const auto& [name, value] : trained->metrics) std::cout << "plant " << name << " " << value << "\n";
  for (const AssetSplit& split : {trained->split}) {
    for (const auto* part : {&split.training, &split.validation, &split.test}) {
      const std::set<std::string> pumps(part->begin(), part->end());
      int failures = 0;
      for (const PlantEvent& event : history.events)
        failures += event.kind == PlantEvent::Kind::kFailure && pumps.contains(PumpName(event.pump));
      EXPECT_GE(failures, 20);
    }
  }
  EXPECT_GT(trained->metrics.at("test_auc"), 0.93);
  EXPECT_LT(trained->metrics.at("test_auc"), 0.9999) << "too easy to be an example";
  EXPECT_GT(trained->metrics.at("test_f1"), 0.4);
}

}  // namespace
}  // namespace millwright::learn::plant
