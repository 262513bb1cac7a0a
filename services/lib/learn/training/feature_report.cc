#include "lib/learn/training/feature_report.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lib/base/status_macros.h"
#include "lib/learn/plant/random.h"
#include "lib/learn/text.h"
#include "lib/learn/training/part_metrics.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kPredictions = 300'000;
constexpr std::size_t kNetworkPredictions = 10'000;
constexpr std::size_t kMaxRows = 2000;
constexpr std::size_t kMinRows = 100;

/// Columns that are shuffled together.
struct Group {
  std::string name;
  std::vector<std::size_t> columns;
};

std::vector<Group> Groups(const FeatureLayout& layout) {
  std::vector<Group> groups;
  const std::size_t begin = layout.sequence ? layout.sequence->begin : layout.names.size();
  const std::size_t width = layout.sequence ? layout.sequence->columns : 0;
  const std::size_t end = layout.sequence ? begin + layout.sequence->rows * width : begin;
  for (std::size_t i = 0; i < layout.names.size(); ++i) {
    if (i >= begin + width && i < end) {
      groups[begin + (i - begin) % width].columns.push_back(i);
    } else {
      groups.push_back({.name = layout.names[i], .columns = {i}});
    }
  }
  return groups;
}

double MissingShare(const FeatureMatrix& features, const Group& group) {
  double missing = 0;
  for (std::size_t row = 0; row < features.rows; ++row)
    for (const std::size_t column : group.columns) missing += std::isnan(features.Row(row)[column]) ? 1 : 0;
  return missing / static_cast<double>(features.rows * group.columns.size());
}

/// So many that shuffling takes seconds, by sizes alone, so that the same training gives the same report. A model that reads a
/// sequence takes some fifty times as long for a row as trees do.
std::size_t RowsToShuffle(const BundleHead& head, const FeatureLayout& layout, std::size_t groups) {
  std::size_t predictions = layout.sequence ? kNetworkPredictions : kPredictions;
  if (const auto members = head.params.find("members"); members != head.params.end())
    predictions /= std::max<std::size_t>(1, members->size());
  return std::clamp(predictions / groups, kMinRows, kMaxRows);
}

void Shuffle(FeatureMatrix& features, const Group& group, std::span<const std::size_t> order, const FeatureMatrix& from) {
  for (std::size_t row = 0; row < features.rows; ++row) {
    for (const std::size_t column : group.columns)
      features.values[row * features.columns + column] = from.values[order[row] * features.columns + column];
  }
}

}  // namespace

absl::StatusOr<nlohmann::json> FeatureReport(const BundleHead& head, const FeatureLayout& layout, const FeatureCosts& costs,
                                             const HeadData& rows) {
  if (rows.features.rows == 0) return absl::FailedPreconditionError("there are no rows to report features on");
  const std::vector<Group> groups = Groups(layout);
  std::vector<double> gain = head.model->Importance();
  const double total = std::accumulate(gain.begin(), gain.end(), 0.0);
  HeadData few = Thin(rows, RowsToShuffle(head, layout, std::max<std::size_t>(1, groups.size())));
  ASSIGN_OR_RETURN(const std::optional<double> base, LossOf(head, few));

  std::vector<std::size_t> order(few.features.rows);
  std::iota(order.begin(), order.end(), 0);
  plant::Random random(1);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.Below(i)]);
  std::vector<std::size_t> identity(few.features.rows);
  std::iota(identity.begin(), identity.end(), 0);

  const FeatureMatrix original = few.features;
  std::vector<nlohmann::json> entries;
  for (const Group& group : groups) {
    nlohmann::json entry{{"name", group.name}, {"missing", MissingShare(original, group)}};
    double cost = 0;
    for (const std::size_t column : group.columns) {
      if (const auto it = costs.features.find(layout.names[column]); it != costs.features.end()) cost += it->second;
    }
    entry["cost_us"] = cost;
    if (total > 0) {
      double own = 0;
      for (const std::size_t column : group.columns) own += gain[column];
      entry["gain"] = own / total;
    }
    if (base) {
      Shuffle(few.features, group, order, original);
      ASSIGN_OR_RETURN(const std::optional<double> shuffled, LossOf(head, few));
      Shuffle(few.features, group, identity, original);
      if (shuffled) entry["effect"] = *shuffled - *base;
    }
    entries.push_back(std::move(entry));
  }
  const char* by = base ? "effect" : "gain";
  std::stable_sort(entries.begin(), entries.end(),
                   [&](const nlohmann::json& a, const nlohmann::json& b) { return a.value(by, 0.0) > b.value(by, 0.0); });
  const MainMetric main = MainMetricOf(head);
  nlohmann::json report{
      {"metric", main.name}, {"rows", few.features.rows}, {"columns_cost_us", costs.columns}, {"features", entries}};
  if (base) report["value"] = main.is_more_better ? -*base : *base;
  return report;
}

}  // namespace millwright::learn
