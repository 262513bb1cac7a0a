#include "lib/learn/training/feature_report.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/time/clock.h"
#include "lib/base/status_macros.h"
#include "lib/learn/plant/random.h"
#include "lib/learn/text.h"
#include "lib/learn/training/part_metrics.h"

namespace millwright::learn {

namespace {

constexpr double kSeconds = 15;  // that shuffling may take
constexpr std::size_t kMaxRows = 2000;
constexpr std::size_t kMinRows = 30;

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

/// The metric, turned so that more is worse; none where it is undefined.
absl::StatusOr<std::optional<double>> Badness(const BundleHead& head, const HeadData& rows) {
  const MainMetric main = MainMetricOf(head);
  ASSIGN_OR_RETURN(const HeadAnswers answers, AnswersOf(head, rows.features));
  const std::map<std::string, double> metrics = PartMetrics(head, rows, answers);
  const auto it = metrics.find(main.name);
  if (it == metrics.end()) return std::nullopt;
  return main.is_more_better ? -it->second : it->second;
}

/// As many rows as can be scored once a group within the time; the model is timed on a few.
absl::StatusOr<std::size_t> AffordableRows(const BundleHead& head, const HeadData& rows, std::size_t groups) {
  const HeadData few = Thin(rows, 100);
  const absl::Time began = absl::Now();
  RETURN_IF_ERROR(AnswersOf(head, few.features).status());
  const double a_row = absl::ToDoubleSeconds(absl::Now() - began) / static_cast<double>(few.features.rows);
  const double affordable = kSeconds / (std::max(a_row, 1e-9) * static_cast<double>(groups));
  return static_cast<std::size_t>(std::min(affordable, static_cast<double>(kMaxRows)));
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
  ASSIGN_OR_RETURN(const std::size_t affordable, AffordableRows(head, rows, groups.size()));
  HeadData few = Thin(rows, std::max(affordable, kMinRows));
  ASSIGN_OR_RETURN(const std::optional<double> base, Badness(head, few));
  const bool has_effects = base && affordable >= kMinRows;

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
    if (has_effects) {
      Shuffle(few.features, group, order, original);
      ASSIGN_OR_RETURN(const std::optional<double> shuffled, Badness(head, few));
      Shuffle(few.features, group, identity, original);
      if (shuffled) entry["effect"] = *shuffled - *base;
    }
    entries.push_back(std::move(entry));
  }
  const char* by = has_effects ? "effect" : "gain";
  std::stable_sort(entries.begin(), entries.end(),
                   [&](const nlohmann::json& a, const nlohmann::json& b) { return a.value(by, 0.0) > b.value(by, 0.0); });
  const MainMetric main = MainMetricOf(head);
  nlohmann::json report{
      {"metric", main.name}, {"rows", few.features.rows}, {"columns_cost_us", costs.columns}, {"features", entries}};
  if (base) report["value"] = main.is_more_better ? -*base : *base;
  return report;
}

}  // namespace millwright::learn
