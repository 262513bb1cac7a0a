#include "lib/learn/evaluation/comparison.h"

#include <cmath>
#include <unordered_map>

#include "lib/learn/evaluation/measures.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kFewestUnits = 5;

/// Values of each measure, over the resamples.
using Draws = std::vector<std::vector<double>>;

void Keep(const std::vector<double>& values, Draws& draws) {
  for (std::size_t m = 0; m < values.size(); ++m) draws[m].push_back(values[m]);
}

nlohmann::json OrNull(double value) { return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(); }

nlohmann::json Estimate(double value, const std::optional<Interval>& interval) {
  return {{"value", OrNull(value)},
          {"low", interval ? nlohmann::json(interval->low) : nlohmann::json()},
          {"high", interval ? nlohmann::json(interval->high) : nlohmann::json()}};
}

std::string_view Verdict(const std::optional<Interval>& difference, bool is_higher_better) {
  if (!difference || (difference->low <= 0 && difference->high >= 0)) return "not separable";
  return (difference->low > 0) == is_higher_better ? "better" : "worse";
}

}  // namespace

std::optional<Opponent> FindOpponent(const ScoredRows& rows, const HeadRows& head, const ScoredTable& champion) {
  const HeadRows* theirs = nullptr;
  for (const HeadRows& candidate : champion.heads) {
    const bool is_alike = candidate.task() == head.task() && candidate.labels == head.labels;
    if (candidate.name == head.name && is_alike) theirs = &candidate;
  }
  if (theirs == nullptr) return std::nullopt;
  std::unordered_map<std::size_t, std::size_t> place;
  for (std::size_t i = 0; i < champion.rows.table_rows.size(); ++i) place[champion.rows.table_rows[i]] = i;
  Opponent opponent;
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < rows.table_rows.size(); ++i) {
    const auto it = place.find(rows.table_rows[i]);
    if (it == place.end() || std::isnan(theirs->predicted[it->second])) continue;
    opponent.rows.push_back(i);
    chosen.push_back(it->second);
  }
  if (chosen.empty()) return std::nullopt;
  opponent.head = Select(*theirs, chosen);
  opponent.head.target = head.target;
  for (std::size_t i = 0; i < opponent.rows.size(); ++i) opponent.head.truth[i] = head.truth[opponent.rows[i]];
  return opponent;
}

nlohmann::json CompareMetrics(const HeadRows& head, const Opponent* opponent, const ResamplingUnits& units,
                              const ResamplingOptions& options, const CostMatrix* costs) {
  const Measures own(head, units.of_row, units.count, costs);
  std::optional<Measures> common;
  std::optional<Measures> theirs;
  if (opponent != nullptr) {
    std::vector<std::uint32_t> unit_of;
    for (const std::size_t i : opponent->rows) unit_of.push_back(units.of_row[i]);
    common.emplace(Select(head, opponent->rows), unit_of, units.count, costs);
    theirs.emplace(opponent->head, unit_of, units.count, costs);
  }
  const bool has_gaps = opponent != nullptr && opponent->rows.size() != head.truth.size();
  const std::size_t count = own.measures().size();
  Draws own_draws(count);
  Draws champion_draws(count);
  Draws difference_draws(count);
  if (units.count >= kFewestUnits) {
    ForEachResample(units.count, options, [&](std::span<const double> weights) {
      const std::vector<double> values = own.Compute(weights);
      Keep(values, own_draws);
      if (!theirs) return;
      std::vector<double> difference = has_gaps ? common->Compute(weights) : values;
      const std::vector<double> champion = theirs->Compute(weights);
      for (std::size_t m = 0; m < count; ++m) difference[m] -= champion[m];
      Keep(champion, champion_draws);
      Keep(difference, difference_draws);
    });
  }
  const std::vector<double> values = own.Compute();
  nlohmann::json metrics = nlohmann::json::object();
  for (std::size_t m = 0; m < count; ++m) {
    const Measure& measure = own.measures()[m];
    nlohmann::json metric = Estimate(values[m], PercentileInterval(std::move(own_draws[m]), options.confidence));
    metric["better"] = measure.is_higher_better ? "higher" : "lower";
    if (theirs) {
      const double ours_common = common->Compute()[m];
      const double champion = theirs->Compute()[m];
      const std::optional<Interval> difference = PercentileInterval(std::move(difference_draws[m]), options.confidence);
      metric["champion"] = Estimate(champion, PercentileInterval(std::move(champion_draws[m]), options.confidence));
      if (has_gaps) metric["challenger_on_common"] = OrNull(ours_common);
      metric["difference"] = Estimate(ours_common - champion, difference);
      // A bias is better nearer 0, which its difference does not tell.
      metric["verdict"] = measure.name == "bias" ? "not separable" : Verdict(difference, measure.is_higher_better);
    }
    metrics[measure.name] = std::move(metric);
  }
  return metrics;
}

nlohmann::json PlainMetrics(const HeadRows& head, const CostMatrix* costs) {
  const std::vector<std::uint32_t> one_unit(head.truth.size(), 0);
  const Measures measures(head, one_unit, 1, costs);
  const std::vector<double> values = measures.Compute();
  nlohmann::json plain = nlohmann::json::object();
  for (std::size_t m = 0; m < values.size(); ++m) {
    if (std::isfinite(values[m])) plain[measures.measures()[m].name] = values[m];
  }
  return plain;
}

}  // namespace millwright::learn
