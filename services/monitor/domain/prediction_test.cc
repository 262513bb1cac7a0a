#include "monitor/domain/prediction.h"

#include <gtest/gtest.h>

#include <limits>

namespace millwright::monitor {
namespace {

using Values = std::map<std::string, double>;

Prediction Sound() {
  return {.id = std::string(32, 'a'),
          .workspace = base::WorkspaceId("1"),
          .model = "pump",
          .version = 1,
          .at = absl::UnixEpoch(),
          .values = {{"rul", 4}}};
}

TEST(PredictionTest, ASoundPredictionIsAccepted) { EXPECT_TRUE(CheckPrediction(Sound(), absl::UnixEpoch()).ok()); }

TEST(PredictionTest, BadFieldsAreNamed) {
  const auto Refused = [](const auto& change) {
    Prediction prediction = Sound();
    change(prediction);
    const absl::Status status = CheckPrediction(prediction, absl::UnixEpoch());
    EXPECT_TRUE(absl::IsInvalidArgument(status));
    return std::string(status.message().substr(0, status.message().find(':')));
  };
  EXPECT_EQ(Refused([](Prediction& p) { p.id = std::string(32, 'G'); }), "prediction_id");
  EXPECT_EQ(Refused([](Prediction& p) { p.workspace = base::WorkspaceId("x"); }), "workspace_id");
  EXPECT_EQ(Refused([](Prediction& p) { p.model = ""; }), "model");
  EXPECT_EQ(Refused([](Prediction& p) { p.version = 0; }), "version");
  EXPECT_EQ(Refused([](Prediction& p) { p.at = absl::UnixEpoch() + absl::Hours(25); }), "at");
  EXPECT_EQ(Refused([](Prediction& p) { p.latency_ms = std::numeric_limits<double>::quiet_NaN(); }), "latency_ms");
  EXPECT_EQ(Refused([](Prediction& p) { p.values["rul"] = std::numeric_limits<double>::infinity(); }), "values");
  EXPECT_EQ(Refused([](Prediction& p) { p.error = std::string(3000, 'x'); }), "error");
}

TEST(PredictionTest, ALabelMustBeFinite) {
  EXPECT_TRUE(CheckLabel({.prediction_id = std::string(32, '0'), .value = 1}).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(
      CheckLabel({.prediction_id = std::string(32, '0'), .value = std::numeric_limits<double>::quiet_NaN()})));
  EXPECT_TRUE(absl::IsInvalidArgument(CheckLabel({.prediction_id = "short", .value = 1})));
}

TEST(PredictionTest, AnUnnamedLabelBelongsToTheOnlyHead) {
  EXPECT_EQ(LabelsByHead({{"rul", 4}}, {{"", 5}}), (Values{{"rul", 5}}));
  EXPECT_EQ(LabelsByHead({{"a", 1}, {"b", 2}}, {{"", 5}}), (Values{{"primary", 5}}));
  EXPECT_EQ(LabelsByHead({{"rul", 4}}, {{"", 5}, {"rul", 6}}), (Values{{"rul", 6}}));
}

}  // namespace
}  // namespace millwright::monitor
