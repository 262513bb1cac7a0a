#include "lib/learn/evaluation/calibration.h"

#include <algorithm>
#include <cmath>

#include "lib/learn/metrics/metrics.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kBins = 10;

struct Bin {
  double n = 0;
  double predicted = 0;
  double observed = 0;
};

nlohmann::json Optional(const std::optional<double>& value) { return value ? nlohmann::json(*value) : nlohmann::json(); }

}  // namespace

nlohmann::json CalibrationReport(const HeadRows& head) {
  const bool is_multiclass = head.task() == Task::kMulticlass && !head.probabilities.empty();
  if (head.task() != Task::kBinary && !is_multiclass) return nullptr;
  std::vector<Bin> bins(kBins);
  double brier = 0;
  const std::size_t classes = head.labels.size();
  for (std::size_t i = 0; i < head.truth.size(); ++i) {
    double probability = head.predicted[i];
    double is_so = head.truth[i];
    if (is_multiclass) {
      probability = head.probabilities[i * classes + static_cast<std::size_t>(head.predicted[i])];
      is_so = head.truth[i] == head.predicted[i] ? 1 : 0;
    }
    Bin& bin = bins[std::min(kBins - 1, static_cast<std::size_t>(std::max(0.0, probability) * kBins))];
    bin.n += 1;
    bin.predicted += probability;
    bin.observed += is_so;
    brier += (probability - is_so) * (probability - is_so);
  }
  const auto n = static_cast<double>(head.truth.size());
  double error = 0;
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t b = 0; b < kBins; ++b) {
    const Bin& bin = bins[b];
    error += std::abs(bin.predicted - bin.observed) / n;
    list.push_back({{"low", static_cast<double>(b) / kBins},
                    {"high", static_cast<double>(b + 1) / kBins},
                    {"n", bin.n},
                    {"predicted", bin.n > 0 ? nlohmann::json(bin.predicted / bin.n) : nlohmann::json()},
                    {"observed", bin.n > 0 ? nlohmann::json(bin.observed / bin.n) : nlohmann::json()}});
  }
  return {{"bins", std::move(list)}, {"expected_calibration_error", error}, {"brier", brier / n}};
}

nlohmann::json CoverageReport(const HeadRows& low, const HeadRows& high, std::span<const double> truth, double nominal) {
  double below = 0;
  double above = 0;
  double width = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] < low.predicted[i]) below += 1;
    if (truth[i] > high.predicted[i]) above += 1;
    width += high.predicted[i] - low.predicted[i];
  }
  const auto n = static_cast<double>(truth.size());
  return {{"low", low.name},
          {"high", high.name},
          {"nominal", nominal},
          {"coverage", (n - below - above) / n},
          {"below", below / n},
          {"above", above / n},
          {"mean_width", width / n},
          {"pinball_low", Optional(PinballLoss(truth, low.predicted, low.quantile.value_or((1 - nominal) / 2)))},
          {"pinball_high", Optional(PinballLoss(truth, high.predicted, high.quantile.value_or((1 + nominal) / 2)))}};
}

}  // namespace millwright::learn
