#include "scheduler/domain/samplers/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <set>

#include "scheduler/domain/samplers/truncated_normal.h"

namespace millwright::scheduler {
namespace {

using nlohmann::json;

std::vector<Distribution> Space(const json& space) {
  const auto parsed = ParseSpace(space, "space");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return *parsed;
}

const json kMixed = {{"lr", {{"type", "float"}, {"low", 1e-5}, {"high", 1.0}, {"log", true}}},
                     {"dropout", {{"type", "float"}, {"low", 0}, {"high", 0.8}, {"step", 0.1}}},
                     {"layers", {{"type", "int"}, {"low", 1}, {"high", 9}, {"step", 2}}},
                     {"batch", {{"type", "int"}, {"low", 8}, {"high", 1024}, {"log", true}}},
                     {"act", {{"type", "categorical"}, {"choices", {"relu", "tanh", "elu"}}}},
                     {"fixed", {{"type", "int"}, {"low", 3}, {"high", 3}}}};

using Objective = std::function<double(const json&)>;

/// The best value of a study run one trial at a time.
double Best(Sampler sampler, const std::vector<Distribution>& space, const Objective& f, int trials, std::int64_t seed) {
  std::vector<Observation> history;
  double best = INFINITY;
  for (int i = 0; i < trials; ++i) {
    const json params = sampler({.space = space, .seed = seed, .number = i, .max_trials = trials, .history = history});
    history.push_back({i, params, f(params)});
    best = std::min(best, *history.back().value);
  }
  return best;
}

double MedianBest(Sampler sampler, const std::vector<Distribution>& space, const Objective& f, int trials) {
  std::vector<double> bests;
  for (int seed = 1; seed <= 15; ++seed) bests.push_back(Best(sampler, space, f, trials, seed));
  std::nth_element(bests.begin(), bests.begin() + 7, bests.end());
  return bests[7];
}

double Branin(const json& p) {
  const double x = p["x"], y = p["y"];
  const double pi = std::numbers::pi;
  const double inner = y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6;
  return inner * inner + 10 * (1 - 1 / (8 * pi)) * std::cos(x) + 10;
}

double Mixed(const json& p) {
  const double lr = std::log10(p["lr"].get<double>()) + 2.5, batch = std::log2(p["batch"].get<double>()) - 6;
  return lr * lr + 0.3 * batch * batch + 2 * std::abs(p["dropout"].get<double>() - 0.3) +
         0.4 * std::abs(p["layers"].get<double>() - 5) + (p["act"] == "tanh" ? 0 : 1);
}

TEST(Samplers, ProposeOnlyValuesOfTheSpace) {
  const auto space = Space(kMixed);
  for (const NamedSampler& sampler : kSamplers) {
    std::vector<Observation> history;
    for (int i = 0; i < 60; ++i) {
      const json params = sampler.sample({.space = space, .seed = 7, .number = i, .max_trials = 60, .history = history});
      ASSERT_EQ(params.size(), space.size());
      for (const Distribution& d : space)
        ASSERT_TRUE(Contains(d, params.at(d.name))) << sampler.name << " " << d.name << " " << params.dump();
      EXPECT_EQ(params["layers"].get<int>() % 2, 1);
      const double steps = params["dropout"].get<double>() / 0.1;
      EXPECT_NEAR(steps, std::round(steps), 1e-9);
      EXPECT_EQ(params["fixed"], 3);
      history.push_back({i, params, Mixed(params)});
    }
  }
}

TEST(Samplers, SameInputGivesTheSameProposal) {
  const auto space = Space(kMixed);
  for (const NamedSampler& sampler : kSamplers) {
    EXPECT_EQ(Best(sampler.sample, space, Mixed, 30, 3), Best(sampler.sample, space, Mixed, 30, 3));
    EXPECT_NE(sampler.sample({.space = space, .seed = 3, .number = 0, .max_trials = 30, .history = {}}),
              sampler.sample({.space = space, .seed = 3, .number = 1, .max_trials = 30, .history = {}}));
    EXPECT_NE(sampler.sample({.space = space, .seed = 3, .number = 0, .max_trials = 30, .history = {}}),
              sampler.sample({.space = space, .seed = 4, .number = 0, .max_trials = 30, .history = {}}));
  }
}

TEST(Samplers, TpeBeatsRandom) {
  const auto plane =
      Space({{"x", {{"type", "float"}, {"low", -5}, {"high", 10}}}, {"y", {{"type", "float"}, {"low", 0}, {"high", 15}}}});
  const double optimum = 0.397887;
  EXPECT_LT(MedianBest(&SampleTpe, plane, Branin, 100) - optimum,
            0.4 * (MedianBest(&SampleRandom, plane, Branin, 100) - optimum));
  const auto mixed = Space(kMixed);
  EXPECT_LT(MedianBest(&SampleTpe, mixed, Mixed, 60), 0.6 * MedianBest(&SampleRandom, mixed, Mixed, 60));
}

TEST(Samplers, RunningTrialsRepelFurtherProposals) {
  const auto space = Space({{"x", {{"type", "float"}, {"low", 0}, {"high", 1}}}});
  std::vector<Observation> history;
  for (int i = 0; i < 20; ++i) history.push_back({i, {{"x", i / 20.0}}, std::abs(i / 20.0 - 0.5)});
  const auto spread = [&](bool liar) {
    std::vector<Observation> seen = history;
    double low = 1, high = 0;
    for (int i = 20; i < 28; ++i) {
      const json params = SampleTpe({.space = space, .seed = 1, .number = i, .max_trials = 100, .history = seen});
      low = std::min(low, params["x"].get<double>());
      high = std::max(high, params["x"].get<double>());
      if (liar) seen.push_back({i, params, std::nullopt});
    }
    return high - low;
  };
  EXPECT_GT(spread(true), spread(false));
}

TEST(TruncatedNormal, MassIsExactInTheTails) {
  EXPECT_NEAR(LogNormalMass(-1, 1), std::log(0.682689492137086), 1e-12);
  EXPECT_NEAR(LogNormalMass(8, 9), std::log(6.2209605742718e-16 - 1.1285884059538e-19), 1e-9);
  EXPECT_NEAR(LogNormalMass(-9, -8), LogNormalMass(8, 9), 1e-12);
  EXPECT_NEAR(LogNormalMass(50, 51), -1254.83136, 1e-4);
}

TEST(TruncatedNormal, QuantileInvertsTheMass) {
  for (const double b : {0.5, 3.0, 60.0}) {
    for (const double u : {1e-9, 0.01, 0.3, 0.5, 0.8, 1 - 1e-9}) {
      const double x = TruncatedNormalQuantile(u, -2, b);
      EXPECT_NEAR(std::exp(LogNormalMass(-2.0000000001, x) - LogNormalMass(-2.0000000001, b)), u, 1e-8) << u << " " << b;
    }
  }
}

}  // namespace
}  // namespace millwright::scheduler
