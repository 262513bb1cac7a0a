#include "scheduler/domain/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millwright::scheduler {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const Scope& TestScope() {
  static const auto* scope = new Scope{.params = {{"n", 3}, {"name", "pump"}, {"file", {{"name", "a.csv"}}}},
                                       .steps = {{"train", {{"metrics", {{"rmse", 1.5}}}, {"files", {"a", "b"}}, {"ok", true}}}}};
  return *scope;
}

TEST(Resolve, AWholeReferenceKeepsItsType) {
  EXPECT_EQ(*Resolve("${params.n}", TestScope(), "x"), 3);
  EXPECT_EQ(*Resolve("${steps.train.outputs.metrics}", TestScope(), "x"), (json{{"rmse", 1.5}}));
  EXPECT_EQ(*Resolve("${steps.train.outputs.files.1}", TestScope(), "x"), "b");
  EXPECT_EQ(*Resolve("${steps.train.outputs.ok}", TestScope(), "x"), true);
  EXPECT_EQ(*Resolve("${params.file.name}", TestScope(), "x"), "a.csv");
}

TEST(Resolve, InsideATextValuesStandAsText) {
  EXPECT_EQ(*Resolve("${params.name}-${params.n}-train", TestScope(), "x"), "pump-3-train");
  EXPECT_EQ(*Resolve("costs $5, and $${params.n}", TestScope(), "x"), "costs $5, and ${params.n}");
}

TEST(Resolve, GoesIntoMapsAndLists) {
  EXPECT_EQ(*Resolve(json{{"a", {"${params.n}", 1}}, {"b", {{"c", "${params.name}"}}}}, TestScope(), "x"),
            (json{{"a", {3, 1}}, {"b", {{"c", "pump"}}}}));
}

TEST(Resolve, OptionalReferenceToNothingLeavesNoKey) {
  EXPECT_EQ(
      *Resolve(json{{"a", "${steps.train.outputs.production_version?}"}, {"b", "${steps.train.outputs.ok?}"}}, TestScope(), "x"),
      (json{{"b", true}}));
}

TEST(Resolve, WhatIsMissingIsNamed) {
  const auto error = [](const json& value) {
    return std::string(Resolve(value, TestScope(), "steps[1].with").status().message());
  };
  EXPECT_EQ(error({{"a", {"${steps.train.outputs.metrics.mae}"}}}),
            "steps[1].with.a[0]: ${steps.train.outputs.metrics.mae}: steps.train.outputs.metrics has no \"mae\"; it has rmse");
  EXPECT_THAT(error("${steps.load.outputs.x}"), HasSubstr("there is no steps.load.outputs"));
}

}  // namespace
}  // namespace millwright::scheduler
