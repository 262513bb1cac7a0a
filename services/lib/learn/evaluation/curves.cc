#include "lib/learn/evaluation/curves.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "lib/learn/evaluation/distribution.h"
#include "lib/learn/metrics/metrics.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kCurvePoints = 200;
constexpr std::size_t kSampleRows = 1000;
constexpr std::size_t kTrajectories = 8;
constexpr std::size_t kTrajectoryPoints = 200;
constexpr std::size_t kMaxClasses = 50;

nlohmann::json Points(const std::vector<double>& values, std::size_t begin, std::size_t count) {
  nlohmann::json points = nlohmann::json::array();
  for (const std::size_t i : Thinned(count, kTrajectoryPoints)) points.push_back(Rounded(values[begin + i]));
  return points;
}

}  // namespace

nlohmann::json AlarmCurves(const HeadRows& head) {
  std::vector<std::size_t> order(head.truth.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return head.predicted[a] > head.predicted[b]; });
  struct Point {
    double hits, false_alarms, threshold;
  };
  std::vector<Point> points;
  double hits = 0;
  double false_alarms = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    (head.truth[order[i]] > 0.5 ? hits : false_alarms) += 1;
    if (i + 1 == order.size() || head.predicted[order[i + 1]] != head.predicted[order[i]])
      points.push_back({hits, false_alarms, head.predicted[order[i]]});
  }
  if (hits == 0 || false_alarms == 0) return nullptr;
  nlohmann::json roc = nlohmann::json::array();
  nlohmann::json pr = nlohmann::json::array();
  for (const std::size_t i : Thinned(points.size(), kCurvePoints)) {
    const Point& point = points[i];
    const double recall = point.hits / hits;
    roc.push_back({Rounded(point.false_alarms / false_alarms), Rounded(recall), Rounded(point.threshold)});
    pr.push_back({Rounded(recall), Rounded(point.hits / (point.hits + point.false_alarms)), Rounded(point.threshold)});
  }
  return {{"roc", std::move(roc)}, {"pr", std::move(pr)}};
}

nlohmann::json ConfusionReport(const HeadRows& head) {
  std::vector<std::string> labels = head.labels;
  std::vector<double> answers = head.predicted;
  if (head.IsAlarmHead()) {
    labels = {"0", "1"};
    for (double& answer : answers) answer = answer >= head.threshold.value_or(0.5) ? 1 : 0;
  }
  if (labels.size() > kMaxClasses) return nullptr;
  const std::vector<double> counts = CountClasses(head.truth, answers, labels.size());
  nlohmann::json rows = nlohmann::json::array();
  for (std::size_t truth = 0; truth < labels.size(); ++truth) {
    rows.push_back(nlohmann::json::array());
    for (std::size_t answer = 0; answer < labels.size(); ++answer)
      rows.back().push_back(static_cast<std::uint64_t>(counts[truth * labels.size() + answer]));
  }
  return {{"labels", labels}, {"counts", std::move(rows)}};
}

nlohmann::json ResidualReport(const HeadRows& head) {
  std::vector<double> residuals;
  for (std::size_t i = 0; i < head.truth.size(); ++i) residuals.push_back(head.predicted[i] - head.truth[i]);
  return Histogram(residuals, 40);
}

nlohmann::json SampleReport(const ScoredRows& rows, const HeadRows& head) {
  nlohmann::json sample = nlohmann::json::array();
  for (const std::size_t i : Thinned(head.truth.size(), kSampleRows)) {
    nlohmann::json row{{"truth", Rounded(head.truth[i])}, {"prediction", Rounded(head.predicted[i])}, {"time", rows.times[i]}};
    if (rows.has_assets) row["asset"] = rows.assets[rows.asset_of[i]];
    sample.push_back(std::move(row));
  }
  return sample;
}

nlohmann::json TrajectoryReport(const ScoredRows& rows, const HeadRows& head, const HeadRows* low, const HeadRows* high) {
  struct Stretch {
    std::size_t begin = 0;
    std::size_t count = 0;
    double rmse = 0;
  };
  std::vector<Stretch> stretches;
  for (std::size_t i = 0; i < head.truth.size();) {
    Stretch stretch{.begin = i};
    for (; i < head.truth.size() && rows.asset_of[i] == rows.asset_of[stretch.begin]; ++i) ++stretch.count;
    if (stretch.count < 2) continue;
    const std::span<const double> truth(head.truth);
    const std::span<const double> predicted(head.predicted);
    stretch.rmse = *Rmse(truth.subspan(stretch.begin, stretch.count), predicted.subspan(stretch.begin, stretch.count));
    stretches.push_back(stretch);
  }
  std::stable_sort(stretches.begin(), stretches.end(), [](const Stretch& a, const Stretch& b) { return a.rmse < b.rmse; });
  nlohmann::json trajectories = nlohmann::json::array();
  for (const std::size_t s : Thinned(stretches.size(), kTrajectories)) {
    const Stretch& stretch = stretches[s];
    trajectories.push_back({{"asset", rows.assets[rows.asset_of[stretch.begin]]},
                            {"rows", stretch.count},
                            {"rmse", stretch.rmse},
                            {"times", Points(rows.times, stretch.begin, stretch.count)},
                            {"truth", Points(head.truth, stretch.begin, stretch.count)},
                            {"prediction", Points(head.predicted, stretch.begin, stretch.count)}});
    if (low != nullptr) trajectories.back()["low"] = Points(low->predicted, stretch.begin, stretch.count);
    if (high != nullptr) trajectories.back()["high"] = Points(high->predicted, stretch.begin, stretch.count);
  }
  return trajectories;
}

}  // namespace millwright::learn
