// Promises about every pipeline, tried on random ones over random series.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "lib/learn/features/pipeline.h"
#include "lib/learn/features/row_reader.h"
#include "lib/learn/plant/random.h"
#include "lib/learn/testing.h"

namespace millwright::learn {
namespace {

using nlohmann::json;
using plant::Random;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int kCases = 600;

/// Random walks, constants, noise and texts of several assets, with missing values, gaps in time, changed segments and assets of
/// one row.
Table RandomTable(Random& random) {
  std::vector<std::string> assets;
  std::vector<std::string> kinds;
  std::vector<double> columns[6];
  const double missing = random.Chance(0.3) ? 0 : random.Uniform() * 0.5;
  for (int asset = 0; asset < 5; ++asset) {
    double time = random.Normal() * 100;
    double walk = random.Normal() * 1e6;
    double segment = 0;
    const auto rows = asset == 0 ? 1 : 2 + random.Below(60);
    const std::string kind = random.Chance(0.2) ? "" : std::string(1, static_cast<char>('a' + random.Below(4)));
    for (std::uint64_t row = 0; row < rows; ++row) {
      time += random.Chance(0.04) ? 50 : 0.5 + random.Uniform();
      segment += random.Chance(0.03) ? 1 : 0;
      walk += random.Normal();
      assets.push_back("asset" + std::to_string(asset));
      kinds.push_back(random.Chance(0.1) ? "" : kind);
      columns[0].push_back(time);
      columns[1].push_back(random.Chance(missing) ? kNan : walk);
      columns[2].push_back(random.Chance(missing) ? kNan : random.Normal() * 1e-9);
      columns[3].push_back(random.Chance(missing) ? kNan : std::floor(random.Uniform() * 3));
      columns[4].push_back(random.Chance(0.5) ? 10 : 20 + random.Uniform() * 0.1);
      columns[5].push_back(segment);
    }
  }
  Table table;
  EXPECT_TRUE(table.AddColumn(Texts("asset", assets)).ok());
  EXPECT_TRUE(table.AddColumn(Texts("kind", kinds, ColumnRole::kSetting)).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("time", columns[0], ColumnRole::kTime)).ok());
  for (int i = 1; i < 4; ++i) EXPECT_TRUE(table.AddColumn(Numbers("s" + std::to_string(i), columns[i])).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("regime", columns[4], ColumnRole::kSetting)).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("segment", columns[5], ColumnRole::kSegment)).ok());
  return table;
}

template <typename T>
T OneOf(Random& random, std::initializer_list<T> values) {
  return *(values.begin() + random.Below(values.size()));
}

json RandomStats(Random& random) {
  json stats = json::array();
  const std::size_t count = 1 + random.Below(5);
  while (stats.size() < count) {
    const std::string k = std::to_string(1 + random.Below(6));
    std::string stat = OneOf<std::string>(random, {"mean",
                                                   "sd",
                                                   "slope",
                                                   "min",
                                                   "max",
                                                   "last",
                                                   "first",
                                                   "range",
                                                   "median",
                                                   "q05",
                                                   "q90",
                                                   "energy",
                                                   "rms",
                                                   "skew",
                                                   "kurtosis",
                                                   "crossings",
                                                   "mean_abs_change",
                                                   "missing",
                                                   "delta_" + k,
                                                   "lag_" + k,
                                                   "sd_last_" + k,
                                                   "slope_last_" + k,
                                                   "mean_last_" + k + "_minus_mean",
                                                   "last_minus_q25"});
    if (std::find(stats.begin(), stats.end(), stat) == stats.end()) stats.push_back(stat);
  }
  return stats;
}

json RandomColumnStep(Random& random, std::size_t number) {
  const auto rows = 1 + random.Below(6);
  switch (random.Below(9)) {
    case 0:
      return {{"op", "encode"}, {"column", "kind"}, {"as", OneOf<const char*>(random, {"code", "one_hot"})}};
    case 1:
      return {{"op", "derive"},
              {"name", "d" + std::to_string(number)},
              {"formula", OneOf<const char*>(random, {"s1 / \"regime\" - 2", "log(abs(s2)) * max(s3, -1)", "-(s1 + s3) / s2"})}};
    case 2:
      return {{"op", "impute"}, {"hold", random.Below(6)}, {"method", OneOf<const char*>(random, {"mean", "median", "value"})}};
    case 3:
      return {{"op", "scale"}};
    case 4:
      return {{"op", "scale"}, {"conditions", {{"columns", {"regime"}}, {"tolerance", {1.0}}}}};
    case 5:
      return {{"op", "scale"}, {"method", "minmax"}, {"range", {-1, 1}}};
    case 6:
      return {{"op", "scale"}, {"method", OneOf<const char*>(random, {"standard", "robust"})}, {"rows", 2 + random.Below(20)}};
    case 7: {
      json step{{"op", "smooth"}, {"rows", rows}, {"method", OneOf<const char*>(random, {"mean", "median", "ema"})}};
      if (step["method"] == "ema") step["span"] = 1 + random.Uniform() * 5;
      if (random.Chance(0.5)) step["suffix"] = ".smooth" + std::to_string(number);
      return step;
    }
    default:
      return {{"op", "pca"},
              {"components", 1 + random.Below(3)},
              {"prefix", "pc" + std::to_string(number) + "_"},
              {"keep", random.Chance(0.7)},
              {"fit_span", 1 + random.Below(5)}};
  }
}

json RandomFeatureStep(Random& random) {
  const auto rows = 1 + random.Below(12);
  switch (random.Below(10)) {
    case 0:
      return {{"op", "window"}, {"rows", rows}, {"duration", 1 + random.Uniform() * 10}, {"stats", RandomStats(random)}};
    case 1:
      return {{"op", "lags"}, {"rows", rows}};
    case 2:
      return {{"op", "sequence"}, {"rows", rows}};
    case 3:
      return {{"op", "seasonal"},
              {"period", 2 + random.Below(5)},
              {"periods", 1 + random.Below(3)},
              {"base", 1 + random.Below(3)},
              {"horizons", {0, 2}},
              {"stats", RandomStats(random)},
              {"of", OneOf<const char*>(random, {"mean", "min", "max"})}};
    case 4:
      return {{"op", "spectrum"}, {"rows", 4 + random.Below(9)}, {"bands", 2}};
    case 5:
      return {{"op", "time"}};
    case 6:
      return {{"op", "since_start"},
              {"rows", rows},
              {"stats",
               {"mean", "sd", "slope", "min", "max", "mean_first_5", "sd_first_3", "window_minus_first_5", "last_minus_first_2",
                "z_first_4"}}};
    case 7:
      return {{"op", "cycles"}, {"level", random.Chance(0.5) ? json("mean") : json(0.5)}, {"hysteresis", random.Below(2)}};
    default:
      return {{"op", "window"}, {"rows", rows}, {"stats", RandomStats(random)}, {"full", random.Chance(0.3)}};
  }
}

json RandomFeatures(Random& random) {
  json steps = json::array();
  if (random.Chance(0.5)) steps.push_back({{"op", "select"}, {"columns", {"s1", "s2", "s3"}}});
  for (std::size_t i = random.Below(5); i-- > 0;) steps.push_back(RandomColumnStep(random, i));
  for (std::size_t i = 1 + random.Below(3); i-- > 0;) steps.push_back(RandomFeatureStep(random));
  json features{{"steps", steps}, {"min_rows", 1 + random.Below(5)}};
  if (random.Chance(0.5)) features["restart"]["max_gap"] = 20;
  if (random.Chance(0.3)) features["restart"]["column"] = "segment";
  return features;
}

struct Case {
  Table table;
  std::vector<AssetRows> assets;
  json features;
  FittedPipeline fitted;
};

/// None where the random steps do not fit together (a column that pca took away, a feature that is made twice).
std::optional<Case> RandomCase(std::uint64_t seed) {
  Random random(seed);
  Table table = RandomTable(random);
  std::vector<AssetRows> assets = GroupByAsset(table, "asset", "time").value();
  json features = RandomFeatures(random);
  const absl::StatusOr<PipelineSpec> spec = ParsePipeline("asset", {{"column", "time"}}, features);
  if (!spec.ok()) return std::nullopt;
  absl::StatusOr<FittedPipeline> fitted = FittedPipeline::Fit(*spec, table, std::span(assets).first(3));
  if (!fitted.ok()) return std::nullopt;
  return Case{std::move(table), std::move(assets), std::move(features), *std::move(fitted)};
}

std::vector<std::uint64_t> Bits(std::span<const double> values) {
  std::vector<std::uint64_t> bits;
  // Which NaN it is, is nobody's business.
  for (const double value : values) bits.push_back(std::bit_cast<std::uint64_t>(std::isnan(value) ? kNan : value));
  return bits;
}

std::vector<std::uint64_t> Bits(std::span<const float> values) { return Bits(std::vector<double>(values.begin(), values.end())); }

std::vector<double> RawRow(const RowReader& reader, std::size_t row) {
  std::vector<double> values;
  for (std::size_t i = 0; i < reader.size(); ++i) values.push_back(reader.Get(i, row));
  return values;
}

TEST(PipelinePropertyTest, ServedAndTrainedFeaturesAreEqualToTheBit) {
  int tried = 0;
  std::size_t values = 0;
  for (std::uint64_t seed = 1; seed <= kCases; ++seed) {
    const std::optional<Case> c = RandomCase(seed);
    if (!c) continue;
    ++tried;
    const FittedPipeline restored = FittedPipeline::FromJson(json::parse(c->fitted.ToJson().dump())).value();
    ASSERT_EQ(restored.ToJson().dump(), c->fitted.ToJson().dump());
    const BatchFeatures batch = ComputeFeatures(c->fitted, c->table, c->assets).value();
    const RowReader reader = RowReader::Open(c->table, restored.raw_inputs(), restored.categories()).value();
    std::size_t next = 0;
    for (const AssetRows& asset : c->assets) {
      FeatureStream stream(restored);
      for (const std::size_t row : asset.rows) {
        ASSERT_TRUE(stream.Push(RawRow(reader, row)).ok());
        if (!stream.IsReady()) continue;
        FeatureMatrix streamed;
        AppendRow(streamed, stream.Features());
        ASSERT_EQ(batch.rows[next], row);
        ASSERT_EQ(Bits(streamed.values), Bits(batch.matrix.Row(next))) << "seed " << seed << " row " << row << " " << c->features;
        ++next;
        values += streamed.values.size();
      }
    }
    ASSERT_EQ(next, batch.rows.size());
  }
  EXPECT_GE(tried, kCases / 2);
  EXPECT_GT(values, 500'000u);
}

TEST(PipelinePropertyTest, TheDeclaredHistoryIsEnough) {
  int tried = 0;
  for (std::uint64_t seed = 1; seed <= kCases; ++seed) {
    const std::optional<Case> c = RandomCase(seed);
    if (!c || c->fitted.history().since_start) continue;
    ++tried;
    const std::size_t need = c->fitted.history().rows;
    const RowReader reader = RowReader::Open(c->table, c->fitted.raw_inputs(), c->fitted.categories()).value();
    for (const AssetRows& asset : c->assets) {
      FeatureStream stream(c->fitted);
      for (std::size_t end = 1; end <= asset.rows.size(); ++end) {
        ASSERT_TRUE(stream.Push(RawRow(reader, asset.rows[end - 1])).ok());
        if (end <= need || end % 3 != 0) continue;
        FeatureStream late(c->fitted);
        for (std::size_t i = end - need; i < end; ++i) ASSERT_TRUE(late.Push(RawRow(reader, asset.rows[i])).ok());
        ASSERT_EQ(Bits(late.Features()), Bits(stream.Features())) << "seed " << seed << " row " << end << " " << c->features;
      }
    }
  }
  EXPECT_GE(tried, kCases / 5);
}

TEST(PipelinePropertyTest, AHistoryBeginsAnewWithARestartAndNothingBeforeItMatters) {
  int restarts = 0;
  for (std::uint64_t seed = 1; seed <= kCases; seed += 2) {
    const std::optional<Case> c = RandomCase(seed);
    if (!c) continue;
    const RowReader reader = RowReader::Open(c->table, c->fitted.raw_inputs(), c->fitted.categories()).value();
    for (const AssetRows& asset : c->assets) {
      FeatureStream stream(c->fitted);
      FeatureStream fresh(c->fitted);
      std::size_t seen = 0;
      for (const std::size_t row : asset.rows) {
        ASSERT_TRUE(stream.Push(RawRow(reader, row)).ok());
        if (stream.restarts() != seen) fresh.Reset();
        restarts += stream.restarts() != seen ? 1 : 0;
        seen = stream.restarts();
        ASSERT_TRUE(fresh.Push(RawRow(reader, row)).ok());
        ASSERT_EQ(Bits(fresh.Features()), Bits(stream.Features())) << "seed " << seed << " row " << row << " " << c->features;
      }
    }
  }
  EXPECT_GT(restarts, 100);
}

}  // namespace
}  // namespace millwright::learn
