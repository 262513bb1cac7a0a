#include "scheduler/domain/pipeline_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scheduler/domain/retry.h"
#include "scheduler/domain/study.h"

namespace millwright::scheduler {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// load -> train -> evaluate, and a `simulate_plant` beside them.
Definition Diamond() {
  const auto definition = ParseDefinition(R"(
name: demo
parameters: {rows: {type: int, default: 1}}
steps:
  - {id: load, task: build_dataset, with: {dataset: d, rows: "${params.rows}"}}
  - {id: train, task: train, with: {dataset_version_id: "${steps.load.outputs.id}", spec: {}}}
  - {id: score, task: evaluate, with: {run_id: "${steps.train.outputs.run_id}", files: [], dataset_version_id: "1"}}
  - {id: aside, task: simulate_plant}
outputs: {run_id: "${steps.train.outputs.run_id}"}
)");
  EXPECT_TRUE(definition.ok()) << definition.status();
  return *definition;
}

std::vector<Step> Steps(const Definition& definition, const std::vector<std::pair<State, json>>& states) {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < states.size(); ++i) {
    steps.push_back({.step_id = definition.steps[i].id, .state = states[i].first});
    if (!states[i].second.is_null()) steps.back().outputs = states[i].second;
  }
  return steps;
}

std::vector<std::size_t> Started(const Advance& advance) {
  std::vector<std::size_t> result;
  for (const Advance::Start& start : advance.starts) result.push_back(start.step);
  return result;
}

constexpr State W = State::kWaiting, R = State::kRunning, S = State::kSucceeded, F = State::kFailed;

TEST(NextMoves, StartsWhatNeedsNothing) {
  const Definition definition = Diamond();
  const Advance advance = NextMoves(definition, {{"rows", 7}}, Steps(definition, {{W, {}}, {W, {}}, {W, {}}, {W, {}}}));
  EXPECT_THAT(Started(advance), ElementsAre(0, 3));
  EXPECT_EQ(advance.starts[0].with.at("rows"), 7);
  EXPECT_FALSE(advance.end);
}

/// A test file that may be left out, and a step that does with and without it.
Definition WithOptionalTest() {
  const auto definition = ParseDefinition(R"(
name: demo
parameters: {test: {type: file, optional: true}}
steps:
  - {id: import, task: import_csv, when: "${params.test?}", with: {file: "${params.test?}", dataset: t}}
  - {id: score, task: evaluate, with: {run_id: r, files: [], dataset_version_id: "1", test_dataset_version_id: "${steps.import.outputs.id?}"}}
)");
  EXPECT_TRUE(definition.ok()) << definition.status();
  return *definition;
}

TEST(NextMoves, AStepWithoutItsWhenIsLeftOutAndWhatNeedsItGoesOn) {
  const Definition definition = WithOptionalTest();
  const Advance advance = NextMoves(definition, json::object(), Steps(definition, {{W, {}}, {W, {}}}));
  EXPECT_THAT(advance.omissions, ElementsAre(0));
  EXPECT_THAT(advance.skips, IsEmpty());
  ASSERT_THAT(Started(advance), ElementsAre(1));
  EXPECT_FALSE(advance.starts[0].with.contains("test_dataset_version_id"));

  const Advance end =
      NextMoves(definition, json::object(), Steps(definition, {{State::kSkipped, json::object()}, {S, json::object()}}));
  EXPECT_EQ(end.end, S);
  EXPECT_EQ(NextMoves(definition, json::object(), Steps(definition, {{State::kSkipped, {}}, {State::kSkipped, {}}})).end, F);
}

TEST(NextMoves, AStepWhoseWhenIsThereRuns) {
  const Definition definition = WithOptionalTest();
  const json file = {{"sha256", std::string(64, 'a')}, {"name", "t.csv"}};
  const Advance first = NextMoves(definition, {{"test", file}}, Steps(definition, {{W, {}}, {W, {}}}));
  ASSERT_THAT(Started(first), ElementsAre(0));
  EXPECT_EQ(first.starts[0].with.at("file"), file);
  const Advance second = NextMoves(definition, {{"test", file}}, Steps(definition, {{S, {{"id", "9"}}}, {W, {}}}));
  ASSERT_THAT(Started(second), ElementsAre(1));
  EXPECT_EQ(second.starts[0].with.at("test_dataset_version_id"), "9");
}

TEST(NextMoves, QueuedStepIsNotStartedAgain) {
  const Definition definition = Diamond();
  std::vector<Step> steps = Steps(definition, {{W, {}}, {W, {}}, {W, {}}, {W, {}}});
  steps[0].is_queued = true;
  EXPECT_THAT(Started(NextMoves(definition, {{"rows", 7}}, steps)), ElementsAre(3));
}

TEST(NextMoves, StartsAStepOnceItsNeedsSucceeded) {
  const Definition definition = Diamond();
  const Advance advance =
      NextMoves(definition, {{"rows", 7}}, Steps(definition, {{S, {{"id", "v1"}}}, {W, {}}, {W, {}}, {R, {}}}));
  EXPECT_THAT(Started(advance), ElementsAre(1));
  EXPECT_EQ(advance.starts[0].with.at("dataset_version_id"), "v1");
}

TEST(NextMoves, FailureSkipsWhatNeedsItAndLetsTheRestGoOn) {
  const Definition definition = Diamond();
  const auto params = json{{"rows", 7}};
  Advance advance = NextMoves(definition, params, Steps(definition, {{F, {}}, {W, {}}, {W, {}}, {R, {}}}));
  EXPECT_THAT(advance.skips, ElementsAre(1, 2));
  EXPECT_FALSE(advance.end);
  advance = NextMoves(definition, params, Steps(definition, {{F, {}}, {State::kSkipped, {}}, {State::kSkipped, {}}, {S, {}}}));
  EXPECT_EQ(advance.end, State::kFailed);
}

TEST(NextMoves, StepWhoseReferenceIsMissingFails) {
  const Definition definition = Diamond();
  const Advance advance =
      NextMoves(definition, {{"rows", 7}}, Steps(definition, {{S, {{"name", "x"}}}, {W, {}}, {W, {}}, {S, {}}}));
  ASSERT_EQ(advance.failures.size(), 1u);
  EXPECT_THAT(
      advance.failures[0].error,
      HasSubstr("steps[1].with.dataset_version_id: ${steps.load.outputs.id}: steps.load.outputs has no \"id\"; it has name"));
  EXPECT_THAT(advance.skips, ElementsAre(2));
  EXPECT_EQ(advance.end, State::kFailed);
}

TEST(NextMoves, SucceedsWithOutputsWhenEveryStepDid) {
  const Definition definition = Diamond();
  const Advance advance =
      NextMoves(definition, {{"rows", 7}}, Steps(definition, {{S, {{"id", "v"}}}, {S, {{"run_id", "r"}}}, {S, {}}, {S, {}}}));
  EXPECT_EQ(advance.end, State::kSucceeded);
  EXPECT_EQ(*advance.outputs, (json{{"run_id", "r"}}));
}

TEST(Retry, LostLeasesDoNotSpendTheTriesOfAStep) {
  EXPECT_FALSE(MayRetryFailure({.attempt = 1, .lost = 0, .max_attempts = 1}));
  EXPECT_TRUE(MayRetryFailure({.attempt = 2, .lost = 0, .max_attempts = 3}));
  EXPECT_FALSE(MayRetryFailure({.attempt = 3, .lost = 0, .max_attempts = 3}));
  EXPECT_TRUE(MayRetryFailure({.attempt = 3, .lost = 1, .max_attempts = 3}));
  EXPECT_TRUE(MayRetryFailure({.attempt = 9, .lost = 1, .released = 6, .max_attempts = 3}));
  EXPECT_FALSE(MayRetryFailure({.attempt = 9, .lost = 1, .released = 5, .max_attempts = 3}));
  EXPECT_TRUE(MayRetryLostLease({.attempt = 1, .lost = 1, .max_attempts = 1}));
  EXPECT_FALSE(MayRetryLostLease({.attempt = 3, .lost = 3, .max_attempts = 1}));
}

TEST(Retry, BackoffDoublesToAMinute) {
  EXPECT_EQ(Backoff(1), absl::Seconds(1));
  EXPECT_EQ(Backoff(3), absl::Seconds(4));
  EXPECT_EQ(Backoff(50), absl::Minutes(1));
}

TEST(Study, NeverProposesPastItsBudget) {
  Study study{.max_trials = 5, .parallel = 2};
  EXPECT_EQ(TrialsToPropose(study), 2);
  study.created_trials = 2;
  EXPECT_EQ(TrialsToPropose(study), 0);
  study.complete_trials = 1;
  EXPECT_EQ(TrialsToPropose(study), 1);
  study = {.max_trials = 5, .parallel = 4, .created_trials = 4, .complete_trials = 2, .failed_trials = 1};
  EXPECT_EQ(TrialsToPropose(study), 1);
}

TEST(Study, TrialValueMustBeAFiniteMetric) {
  EXPECT_EQ(*TrialValue({{"metrics", {{"rmse", 2.5}}}}, "rmse"), 2.5);
  EXPECT_THAT(TrialValue({{"metrics", {{"mae", 2.5}}}}, "rmse").status().message(),
              HasSubstr("no metric \"rmse\"; there are mae"));
  EXPECT_THAT(TrialValue({{"metrics", {{"rmse", nullptr}}}}, "rmse").status().message(), HasSubstr("not a finite number"));
}

}  // namespace
}  // namespace millwright::scheduler
