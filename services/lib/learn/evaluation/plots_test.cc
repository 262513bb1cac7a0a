#include "lib/learn/evaluation/plots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lib/learn/evaluation/svg_plot.h"

namespace millwright::learn {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(SvgPlotTest, TextIsEscapedAndPointsThatAreNotFiniteAreLeftOut) {
  SvgPlot plot("a <b> & \"c\"", {"x", 0, 1}, {"y", 0, 1});
  plot.AddPoints(std::vector{0.5, std::nan(""), 0.5}, std::vector<double>{0.5, 0.5, INFINITY}, "#000");
  const std::string svg = plot.Text();
  EXPECT_THAT(svg, HasSubstr("a &lt;b&gt; &amp; &quot;c&quot;"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
  EXPECT_EQ(svg.find("<circle"), svg.rfind("<circle"));
}

TEST(SvgPlotTest, PlacesFollowTheAxes) {
  SvgPlot plot("t", {"x", 0, 10}, {"y", 0, 100});
  plot.AddLine(std::vector{0.0, 10.0}, std::vector{0.0, 100.0}, "#000");
  EXPECT_THAT(plot.Text(), HasSubstr("points=\"80.0,364.0 620.0,44.0 \""));
}

TEST(SvgPlotTest, ALongNameLosesItsMiddleBetweenCharacters) {
  SvgPlot plot("t", {"x", 0, 1}, {"", 0, 1});
  plot.SetNames({}, {std::string(8, 'a') + "é" + std::string(40, 'b') + "é" + std::string(18, 'c')});
  EXPECT_THAT(plot.Text(), HasSubstr(">" + std::string(8, 'a') + "…" + std::string(18, 'c') + "<"));
}

TEST(SvgPlotTest, AnAxisOverOneValueHasAWidth) {
  const std::vector<double> values{5, std::nan("")};
  const PlotAxis axis = AxisOver("x", {values});
  EXPECT_LT(axis.low, 5);
  EXPECT_GT(axis.high, 5);
  EXPECT_LT(AxisOver("x", {std::span<const double>()}).low, 1);
}

TEST(PlotsTest, EachPartOfAReportHasItsPlotAndAFileNameThatIsSafe) {
  const nlohmann::json report{
      {"heads",
       {{{"name", "../rul p50"},
         {"task", "regression"},
         {"sample", {{{"truth", 1}, {"prediction", 2}}}},
         {"residuals", {{"edges", {0, 1, 2}}, {"counts", {3, 4}}}},
         {"trajectories",
          {{{"asset", "7"}, {"times", {1, 2}}, {"truth", {2, 1}}, {"prediction", {2, 2}}, {"low", {1, 1}}, {"high", {3, 3}}}}}},
        {{"name", "leak"},
         {"task", "binary"},
         {"confusion", {{"labels", {"0", "1"}}, {"counts", {{5, 1}, {2, 7}}}}},
         {"curves", {{"roc", {{0, 0.5, 0.9}, {1, 1, 0.1}}}, {"pr", {{0.5, 1, 0.9}, {1, 0.5, 0.1}}}}},
         {"calibration", {{"bins", {{{"low", 0}, {"high", 1}, {"n", 4}, {"predicted", 0.5}, {"observed", nullptr}}}}}},
         {"costs", {{"threshold", 0.5}, {"cost", 1}, {"curve", {{0.9, 2}, {0.1, 1}}}}}}}}};
  std::vector<std::string> names;
  for (const auto& [name, svg] : Plots(report)) {
    names.push_back(name);
    EXPECT_TRUE(svg.starts_with("<svg ") && svg.ends_with("</svg>\n")) << name;
  }
  EXPECT_THAT(
      names, testing::ElementsAre("___rul_p50_predicted_vs_actual.svg", "___rul_p50_residuals.svg", "___rul_p50_trajectories.svg",
                                  "leak_confusion.svg", "leak_costs.svg", "leak_pr.svg", "leak_reliability.svg", "leak_roc.svg"));
}

TEST(PlotsTest, AFeatureReportShowsEffectsOrElseGains) {
  const nlohmann::json report{
      {"heads",
       {{"rul", {{"metric", "rmse"}, {"features", {{{"name", "T50 mean"}, {"gain", 0.7}, {"effect", 2.5}}}}}},
        {"slow", {{"metric", "rmse"}, {"features", {{{"name", "P30 sd"}, {"gain", 0.3}}}}}}}}};
  const auto plots = ImportancePlots(report);
  ASSERT_EQ(plots.size(), 2u);
  EXPECT_THAT(plots.at("rul_importance.svg"), HasSubstr("how much worse rmse becomes"));
  EXPECT_THAT(plots.at("rul_importance.svg"), HasSubstr("T50 mean"));
  EXPECT_THAT(plots.at("slow_importance.svg"), HasSubstr("gain"));
  EXPECT_TRUE(ImportancePlots(nullptr).empty());
}

}  // namespace
}  // namespace millwright::learn
