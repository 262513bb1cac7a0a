#include "lib/learn/evaluation/plots.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <vector>

#include "lib/learn/evaluation/svg_plot.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kBlue = "#2563eb";
constexpr std::string_view kOrange = "#ea580c";
constexpr std::string_view kGrey = "#6b7280";
constexpr std::size_t kImportances = 20;
constexpr std::size_t kTrajectoryLines = 4;
constexpr std::size_t kNamedClasses = 12;

double NumberOr(const Json& value) { return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN(); }

std::vector<double> Numbers(const Json& list) {
  std::vector<double> numbers;
  for (const Json& value : list) numbers.push_back(NumberOr(value));
  return numbers;
}

/// The k-th part of each entry: of a list by index, of an object by name.
template <typename Key>
std::vector<double> Column(const Json& list, const Key& key) {
  std::vector<double> numbers;
  for (const Json& entry : list) numbers.push_back(NumberOr(entry.at(key)));
  return numbers;
}

std::string PredictedVsActual(const std::string& head, const Json& sample) {
  const std::vector<double> truth = Column(sample, "truth");
  const std::vector<double> predicted = Column(sample, "prediction");
  const PlotAxis both = AxisOver("", {truth, predicted});
  SvgPlot plot(Cat(head, ": predicted against actual"), {"actual", both.low, both.high}, {"predicted", both.low, both.high});
  plot.AddLine(std::vector{both.low, both.high}, std::vector{both.low, both.high}, kGrey, true);
  plot.AddPoints(truth, predicted, kBlue);
  return plot.Text();
}

std::string Residuals(const std::string& head, const Json& residuals) {
  const std::vector<double> edges = Numbers(residuals["edges"]);
  const std::vector<double> counts = Numbers(residuals["counts"]);
  PlotAxis y = AxisOver("rows", {counts});
  y.low = 0;
  SvgPlot plot(Cat(head, ": residuals"), AxisOver("predicted - actual", {edges}), y);
  for (std::size_t i = 0; i < counts.size(); ++i) plot.AddBox(edges[i], 0, edges[i + 1], counts[i], kBlue, 0.55);
  return plot.Text();
}

std::string Trajectories(const std::string& head, const Json& trajectories) {
  constexpr std::string_view kColors[] = {"#2563eb", "#ea580c", "#059669", "#9333ea"};
  std::vector<const Json*> shown;
  for (std::size_t i = 0; i < std::min(trajectories.size(), kTrajectoryLines); ++i) {
    const std::size_t most = std::min(trajectories.size(), kTrajectoryLines);
    shown.push_back(&trajectories[most == 1 ? 0 : i * (trajectories.size() - 1) / (most - 1)]);
  }
  std::vector<double> times;
  std::vector<double> values;
  for (const Json* one : shown) {
    const std::vector<double> at = Numbers((*one)["times"]);
    times.insert(times.end(), at.begin(), at.end());
    for (const char* name : {"truth", "prediction", "low", "high"}) {
      if (!one->contains(name)) continue;
      const std::vector<double> some = Numbers((*one)[name]);
      values.insert(values.end(), some.begin(), some.end());
    }
  }
  SvgPlot plot(Cat(head, ": assets from the best predicted to the worst (dashed: actual)"), AxisOver("time", {times}),
               AxisOver(head, {values}));
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const Json& one = *shown[i];
    const std::vector<double> at = Numbers(one["times"]);
    if (one.contains("low") && one.contains("high")) plot.AddBand(at, Numbers(one["low"]), Numbers(one["high"]), kColors[i]);
    plot.AddLine(at, Numbers(one["truth"]), kColors[i], true);
    plot.AddLine(at, Numbers(one["prediction"]), kColors[i]);
    plot.AddLegend(Cat("asset ", one["asset"].get<std::string>()), kColors[i]);
  }
  return plot.Text();
}

std::string ConfusionPlot(const std::string& head, const Json& confusion) {
  const auto labels = confusion["labels"].get<std::vector<std::string>>();
  const auto n = static_cast<double>(labels.size());
  SvgPlot plot(Cat(head, ": confusion matrix"), {"answered", 0, n}, {"actual", 0, n});
  const std::vector<std::string> reversed(labels.rbegin(), labels.rend());
  if (labels.size() <= kNamedClasses) plot.SetNames(labels, reversed);
  for (std::size_t truth = 0; truth < labels.size(); ++truth) {
    const std::vector<double> row = Numbers(confusion["counts"][truth]);
    double all = 0;
    for (const double count : row) all += count;
    const double top = n - static_cast<double>(truth);  // the first class above
    for (std::size_t answer = 0; answer < row.size(); ++answer) {
      const auto left = static_cast<double>(answer);
      plot.AddBox(left, top - 1, left + 1, top, kBlue, all > 0 ? 0.05 + 0.9 * row[answer] / all : 0.05,
                  labels.size() <= kNamedClasses ? Shortest(row[answer]) : "");
    }
  }
  return plot.Text();
}

std::string Roc(const std::string& head, const Json& points) {
  SvgPlot plot(Cat(head, ": ROC"), {"false alarm rate", 0, 1}, {"recall", 0, 1});
  plot.AddLine(std::vector{0.0, 1.0}, std::vector{0.0, 1.0}, kGrey, true);
  std::vector<double> x = Column(points, 0);
  std::vector<double> y = Column(points, 1);
  x.insert(x.begin(), 0);
  y.insert(y.begin(), 0);
  plot.AddLine(x, y, kBlue);
  return plot.Text();
}

std::string PrecisionRecall(const std::string& head, const Json& points) {
  SvgPlot plot(Cat(head, ": precision and recall"), {"recall", 0, 1}, {"precision", 0, 1});
  plot.AddLine(Column(points, 0), Column(points, 1), kBlue);
  return plot.Text();
}

std::string Reliability(const std::string& head, const Json& bins) {
  SvgPlot plot(Cat(head, ": reliability (bars: share of rows)"), {"predicted probability", 0, 1}, {"observed share", 0, 1});
  double all = 0;
  for (const Json& bin : bins) all += NumberOr(bin["n"]);
  for (const Json& bin : bins)
    plot.AddBox(NumberOr(bin["low"]), 0, NumberOr(bin["high"]), NumberOr(bin["n"]) / std::max(1.0, all), kGrey, 0.2);
  plot.AddLine(std::vector{0.0, 1.0}, std::vector{0.0, 1.0}, kGrey, true);
  plot.AddLine(Column(bins, "predicted"), Column(bins, "observed"), kBlue);
  plot.AddPoints(Column(bins, "predicted"), Column(bins, "observed"), kBlue);
  return plot.Text();
}

std::string Costs(const std::string& head, const Json& costs) {
  const std::vector<double> thresholds = Column(costs["curve"], 0);
  const std::vector<double> values = Column(costs["curve"], 1);
  SvgPlot plot(Cat(head, ": mean cost of a row by threshold"), AxisOver("threshold", {thresholds}), AxisOver("cost", {values}));
  plot.AddLine(thresholds, values, kBlue);
  plot.AddPoints(std::vector{NumberOr(costs["threshold"])}, std::vector{NumberOr(costs["cost"])}, kOrange);
  plot.AddLegend("kept threshold", kOrange);
  return plot.Text();
}

std::string Importance(const std::string& head, const Json& report) {
  const Json& features = report.at("features");
  const bool has_effects = !features.empty() && features[0].contains("effect") && features[0]["effect"].is_number();
  const std::size_t n = std::min(features.size(), kImportances);
  std::vector<double> values;
  std::vector<std::string> names;
  for (std::size_t i = n; i-- > 0;) {
    values.push_back(NumberOr(features[i].value(has_effects ? "effect" : "gain", Json())));
    names.push_back(features[i].at("name").get<std::string>());
  }
  PlotAxis x = AxisOver(
      has_effects ? Cat("how much worse ", report.value("metric", "the metric"), " becomes when it is shuffled") : "gain",
      {values});
  x.low = std::min(0.0, x.low);
  SvgPlot plot(Cat(head, ": most important features"), x, {"", 0, std::max(1.0, static_cast<double>(n))});
  plot.SetNames({}, names);
  for (std::size_t i = 0; i < n; ++i) {
    if (std::isfinite(values[i]))
      plot.AddBox(0, static_cast<double>(i) + 0.15, values[i], static_cast<double>(i) + 0.85, kBlue, 0.6);
  }
  return plot.Text();
}

/// A head's name as part of a file's.
std::string FileStem(std::string_view name) {
  std::string stem;
  for (const char c : name.substr(0, 100)) stem += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' ? c : '_';
  return stem;
}

bool HasEntries(const Json& head, const char* part) { return head.contains(part) && !head[part].empty(); }

}  // namespace

std::map<std::string, std::string> Plots(const Json& report) {
  std::map<std::string, std::string> plots;
  for (const Json& head : report.at("heads")) {
    const std::string name = head.at("name").get<std::string>();
    const auto add = [&](std::string_view kind, std::string svg) {
      plots[Cat(FileStem(name), "_", kind, ".svg")] = std::move(svg);
    };
    const bool is_regression = head.at("task") == "regression";
    if (is_regression && HasEntries(head, "sample")) add("predicted_vs_actual", PredictedVsActual(name, head["sample"]));
    if (HasEntries(head, "residuals") && !head["residuals"]["counts"].empty())
      add("residuals", Residuals(name, head["residuals"]));
    if (HasEntries(head, "trajectories")) add("trajectories", Trajectories(name, head["trajectories"]));
    if (HasEntries(head, "confusion")) add("confusion", ConfusionPlot(name, head["confusion"]));
    if (HasEntries(head, "curves")) {
      add("roc", Roc(name, head["curves"]["roc"]));
      add("pr", PrecisionRecall(name, head["curves"]["pr"]));
    }
    if (HasEntries(head, "calibration")) add("reliability", Reliability(name, head["calibration"]["bins"]));
    if (HasEntries(head, "costs") && HasEntries(head["costs"], "curve")) add("costs", Costs(name, head["costs"]));
  }
  return plots;
}

std::map<std::string, std::string> ImportancePlots(const Json& feature_report) {
  std::map<std::string, std::string> plots;
  if (!feature_report.is_object()) return plots;
  for (const auto& [name, report] : feature_report.at("heads").items()) {
    if (HasEntries(report, "features")) plots[Cat(FileStem(name), "_importance.svg")] = Importance(name, report);
  }
  return plots;
}

}  // namespace millwright::learn
