// A version that answers NaN is taken back by the platform itself.
#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "e2e/model_release.h"
#include "e2e/platform.h"
#include "lib/learn/bundle/bundle.h"
#include "lib/learn/learners/learner.h"

namespace millwright::e2e {
namespace {

constexpr char kModel[] = "stump";

// The same model with one leaf overwritten: where x is 1 it answers NaN. Nothing in the bundle shows it: the golden rows have x =
// 0.
learn::Bundle WithPoisonedLeaf(const learn::Bundle& bundle) {
  std::string bytes = bundle.heads()[0].model->Serialize().value();
  const std::string seven("\x40\xe0\x00\x00", 4);  // 7.0f as UBJSON has it
  const std::string nan("\x7f\xc0\x00\x00", 4);
  int replaced = 0;
  for (std::size_t at = bytes.find(seven); at != std::string::npos; at = bytes.find(seven, at + 4)) {
    bytes.replace(at, 4, nan);
    ++replaced;
  }
  EXPECT_GT(replaced, 0);
  learn::BundleHead head = bundle.heads()[0];
  head.model = learn::FindLearner("xgboost").value()->load(bytes).value();
  std::vector<learn::GoldenRow> golden;
  for (const learn::GoldenRow& row : bundle.golden()) {
    if (row.values[0] == std::vector<double>{3}) golden.push_back(row);
  }
  return learn::Bundle({.input = {bundle.input().begin(), bundle.input().end()},
                        .pipeline = std::make_shared<learn::FittedPipeline>(bundle.pipeline()),
                        .heads = {head},
                        .reference_statistics = bundle.reference_statistics(),
                        .evaluation = bundle.evaluation(),
                        .training_spec = bundle.training_spec(),
                        .golden = golden});
}

std::string Body(int x) { return absl::StrCat(R"({"asset_id": "a1", "rows": [{"time": 1, "x": )", x, "}]}"); }

TEST(BadReleaseTest, AVersionThatAnswersNanIsRolledBackByItself) {
  Platform platform;
  const Ended up = platform.Up();
  ASSERT_EQ(up.exit_code, 0) << up.err;
  ASSERT_EQ(platform.Post("/v1/models", {{"name", kModel}}).status, 200);
  ReleaseBundle(platform, kModel, TrainStump(5), 1);
  const std::string path = absl::StrCat("/v1/predict/", kModel);
  ASSERT_TRUE(WaitUntil(absl::Seconds(10), [&] { return platform.Infer(path, Body(1)).status == 200; }))
      << platform.Infer(path, Body(1)).text;
  EXPECT_EQ(platform.Infer(path, Body(1)).body["predictions"]["y"], 5);

  ReleaseBundle(platform, kModel, WithPoisonedLeaf(TrainStump(7)), 2);
  ASSERT_TRUE(WaitUntil(absl::Seconds(10), [&] { return platform.Infer(path, Body(0)).body.value("version", 0) == 2; }));
  const absl::Time start = absl::Now();
  const HttpAnswer bad = platform.Infer(path, Body(1));
  EXPECT_EQ(bad.status, 500) << bad.text;
  EXPECT_NE(bad.text.find("version"), std::string::npos) << bad.text;
  HttpAnswer answer;
  EXPECT_TRUE(WaitUntil(absl::Seconds(5), [&] {
    answer = platform.Infer(path, Body(1));
    return answer.status == 200;
  })) << answer.text;
  std::cerr << "rolled back " << absl::FormatDuration(absl::Now() - start) << " after the first bad answer\n";
  EXPECT_EQ(answer.body.value("version", 0), 1);

  const nlohmann::json history = platform.CliJson({"models", "history", kModel});
  const nlohmann::json& newest = history["promotions"][0];
  EXPECT_EQ(newest.value("kind", ""), "PROMOTION_KIND_ROLLED_BACK") << history.dump(2);
  EXPECT_EQ(newest.value("actor", ""), "service:monitor");
  EXPECT_EQ(newest.value("replaced_version", 0), 2);
  EXPECT_FALSE(newest.value("evidence", nlohmann::json::object()).empty());
}

}  // namespace
}  // namespace millwright::e2e
