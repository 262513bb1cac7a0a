#include "lib/learn/features/statistic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lib/learn/features/formula.h"

namespace millwright::learn {
namespace {

using ::testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double Of(std::string_view text, const std::vector<double>& window, std::size_t full_rows = 0) {
  const WindowStatistics statistics({ParseWindowFeature(text).value()});
  StatisticScratch scratch;
  double value = 0;
  statistics.Compute(window, full_rows, scratch, &value);
  return value;
}

TEST(StatisticTest, ByHand) {
  const std::vector<double> window{4, 1, kNan, 3, 8};
  EXPECT_DOUBLE_EQ(Of("mean", window), 4);
  EXPECT_DOUBLE_EQ(Of("sd", window), std::sqrt((0 + 9 + 1 + 16) / 3.0));
  EXPECT_DOUBLE_EQ(Of("range", window), 7);
  EXPECT_DOUBLE_EQ(Of("first", window), 4);
  EXPECT_DOUBLE_EQ(Of("median", window), 3.5);
  EXPECT_DOUBLE_EQ(Of("q25", window), 2.5);
  EXPECT_DOUBLE_EQ(Of("quantile_100", window), 8);
  EXPECT_DOUBLE_EQ(Of("energy", window), 16 + 1 + 9 + 64);
  EXPECT_DOUBLE_EQ(Of("rms", window), std::sqrt(90 / 4.0));
  EXPECT_DOUBLE_EQ(Of("skew", window), ((-27 - 1 + 64) / 4.0) / std::pow(26 / 4.0, 1.5));
  EXPECT_DOUBLE_EQ(Of("kurtosis", window), ((81 + 1 + 256) / 4.0) / std::pow(26 / 4.0, 2) - 3);
  EXPECT_DOUBLE_EQ(Of("crossings", window), 1);
  EXPECT_DOUBLE_EQ(Of("mean_abs_change", window), (3 + 5) / 2.0);
  EXPECT_DOUBLE_EQ(Of("missing", window), 0.2);
  EXPECT_DOUBLE_EQ(Of("lag_3", window), 1);
  EXPECT_TRUE(std::isnan(Of("lag_5", window)));
  EXPECT_DOUBLE_EQ(Of("delta_50", window), 4) << "as far back as there are rows";
  EXPECT_DOUBLE_EQ(Of("min_last_2", window), 3);
  EXPECT_DOUBLE_EQ(Of("mean_last_2_minus_mean", window), 5.5 - 4);
  EXPECT_DOUBLE_EQ(Of("slope_last_2", window), 5);
}

TEST(StatisticTest, NothingIsNotANumberAndAConstantHasNoShape) {
  for (const char* text : {"mean", "sd", "slope", "min", "median", "energy", "skew", "crossings", "range"})
    EXPECT_TRUE(std::isnan(Of(text, {kNan, kNan}))) << text;
  EXPECT_EQ(Of("missing", {kNan, kNan}), 1);
  for (const char* text : {"sd", "slope", "range", "skew", "kurtosis", "crossings"}) EXPECT_EQ(Of(text, {3, 3, 3}), 0) << text;
}

TEST(StatisticTest, AFullStatisticOfMoreRowsThanThereAreIsMissing) {
  EXPECT_TRUE(std::isnan(Of("mean", {1, 2, 3}, 4)));
  EXPECT_TRUE(std::isnan(Of("delta_3", {1, 2, 3}, 4)));
  EXPECT_EQ(Of("mean", {1, 2, 3, 4}, 4), 2.5);
  EXPECT_EQ(Of("mean_last_2", {1, 2, 3}, 4), 2.5);
  EXPECT_EQ(Of("last", {1, 2, 3}, 4), 3);
}

TEST(StatisticTest, NamesReadBackAsTheSame) {
  for (const char* text : {"mean", "q05", "median", "quantile_100", "delta_10", "sd_last_7", "max_minus_mean_last_10"})
    EXPECT_EQ(Name(ParseWindowFeature(text).value()), text);
  EXPECT_EQ(Name(ParseWindowFeature("quantile_5").value()), "q05");
  for (const char* text :
       {"", "means", "q5x", "delta_0", "delta_", "mean_last_0", "quantile_101", "mean_minus_", "lag_99999999999999"})
    EXPECT_THAT(std::string(ParseWindowFeature(text).status().message()), HasSubstr("must be one of mean, sd")) << text;
}

double Evaluate(std::string_view text) {
  const Formula formula = Formula::Parse(text).value();
  const std::vector<double> row{2, 3, kNan};
  std::vector<std::size_t> places;
  for (const std::string& column : formula.columns()) places.push_back(column == "a" ? 0 : column == "air temp [K]" ? 1 : 2);
  return formula.Evaluate(row, places);
}

TEST(FormulaTest, Arithmetic) {
  EXPECT_EQ(Evaluate("1 + 2 * a - 8 / 4 / 2"), 4);
  EXPECT_EQ(Evaluate("-(a - \"air temp [K]\") * a"), 2);
  EXPECT_EQ(Evaluate("max(a, \"air temp [K]\") - min(a, 1.5e0)"), 1.5);
  EXPECT_EQ(Evaluate("sqrt(abs(-16)) + log(exp(1))"), 5);
  EXPECT_EQ(Evaluate("--a"), 2);
  EXPECT_EQ(Evaluate("round(10 * a / 3) / 10"), 0.7);
  EXPECT_TRUE(std::isnan(Evaluate("max(a, missing)")));
  EXPECT_TRUE(std::isnan(Evaluate("a / 0")));
  EXPECT_TRUE(std::isnan(Evaluate("log(0 - a)")));
}

TEST(FormulaTest, MistakesAreNamed) {
  const auto error = [](std::string_view text) { return std::string(Formula::Parse(text).status().message()); };
  EXPECT_THAT(error("a +"), HasSubstr("expected a column, a number or \"(\" instead of the end"));
  EXPECT_THAT(error("a b"), HasSubstr("expected an operator instead of \"b\""));
  EXPECT_THAT(error("(a"), HasSubstr("expected \")\""));
  EXPECT_THAT(error("sin(a)"), HasSubstr("\"sin\" is not a function"));
  EXPECT_THAT(error("min(a)"), HasSubstr("expected \",\""));
  EXPECT_THAT(error("\"a"), HasSubstr("closing"));
  EXPECT_THAT(error(std::string(500, '(')), HasSubstr("nested too deep"));
  EXPECT_THAT(error(std::string(2000, 'a')), HasSubstr("at most 1000 characters"));
}

}  // namespace
}  // namespace millwright::learn
