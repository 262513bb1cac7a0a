#include "telemetry/domain/asset.h"

#include <gmock/gmock.h>

namespace millwright::telemetry {
namespace {

using testing::HasSubstr;

TEST(AssetIdTest, HoldsLettersDigitsAndThreeMarks) {
  EXPECT_TRUE(ParseAssetId("asset_id", "Pump-1.a_B").ok());
  EXPECT_TRUE(ParseAssetId("asset_id", std::string(100, 'a')).ok());
  for (const char* text : {"", "a b", "a/b", "../x", "펌프", "a\n"})
    EXPECT_TRUE(absl::IsInvalidArgument(ParseAssetId("asset_id", text).status())) << text;
  EXPECT_THAT(ParseAssetId("batch.asset_id", std::string(101, 'a')).status().message(), HasSubstr("batch.asset_id"));
}

TEST(CheckAssetTest, ASensorIsNamedOnceWithOneToAHundredCharacters) {
  EXPECT_TRUE(CheckAsset("pump", {{"온도", "°C"}, {"pressure", "bar"}}).ok());
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += "가";
  EXPECT_TRUE(CheckAsset("pump", {{hundred, ""}}).ok());
  EXPECT_THAT(CheckAsset("pump", {{hundred + "가", ""}}).message(), HasSubstr("sensors[0].name: has 101 characters"));
  EXPECT_THAT(CheckAsset("pump", {{"", ""}}).message(), HasSubstr("sensors[0].name"));
  EXPECT_THAT(CheckAsset("pump", {{"a", ""}, {"a", ""}}).message(), HasSubstr("\"a\" is named twice"));
  EXPECT_FALSE(CheckAsset(std::string(101, 'x'), {}).ok());
  EXPECT_FALSE(CheckAsset("pump", std::vector<Sensor>(kMaxSensors + 1)).ok());
}

}  // namespace
}  // namespace millwright::telemetry
