#include "tracker/domain/dataset_difference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "absl/strings/str_cat.h"

namespace millwright::tracker {
namespace {

constexpr double kLeastShare = 1e-4;

std::optional<double> Number(const nlohmann::json& json, const char* key) {
  const auto it = json.find(key);
  if (it == json.end() || !it->is_number()) return std::nullopt;
  return it->get<double>();
}

std::string Text(const nlohmann::json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_string() ? it->get<std::string>() : "";
}

std::vector<double> Numbers(const nlohmann::json& json, const char* key) {
  std::vector<double> numbers;
  if (const auto it = json.find(key); it != json.end() && it->is_array()) {
    for (const nlohmann::json& item : *it) numbers.push_back(item.is_number() ? item.get<double>() : 0);
  }
  return numbers;
}

double Sum(const std::vector<double>& numbers) {
  double sum = 0;
  for (const double number : numbers) sum += number;
  return sum;
}

/// A histogram of numbers: bins between edges, or single values with their counts.
struct NumberBins {
  std::vector<double> edges;
  std::vector<double> values;
  std::vector<double> counts;
  double other = 0;

  bool IsWhole() const {
    return !counts.empty() && Sum(counts) > 0 &&
           (values.empty() ? edges.size() == counts.size() + 1 : values.size() == counts.size());
  }

  // Where the line of numbers is cut so that each piece is a bin.
  std::vector<double> Cuts() const {
    if (values.empty()) return {edges.begin() + 1, edges.end() - 1};
    if (values.size() == 1) return {values[0], std::nextafter(values[0], std::numeric_limits<double>::infinity())};
    std::vector<double> cuts;
    for (std::size_t i = 1; i < values.size(); ++i) cuts.push_back(values[i - 1] / 2 + values[i] / 2);
    return cuts;
  }

  // The share of cells below `x`; within a bin they are taken as evenly spread.
  double ShareBelow(double x) const {
    double below = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (!values.empty()) {
        if (values[i] < x) below += counts[i];
        continue;
      }
      const double low = edges[i];
      const double high = edges[i + 1];
      if (high < x) below += counts[i];
      if (low < x && x <= high) below += counts[i] * (x - low) / (high - low);
    }
    return below / Sum(counts);
  }
};

NumberBins ReadBins(const nlohmann::json& json) {
  return {.edges = Numbers(json, "edges"), .values = Numbers(json, "values"), .counts = Numbers(json, "counts")};
}

double Term(double p, double q) {
  p = std::max(p, kLeastShare);
  q = std::max(q, kLeastShare);
  return (q - p) * std::log(q / p);
}

bool IsOfTexts(const nlohmann::json& json) {
  const auto it = json.find("values");
  return it != json.end() && it->is_array() && !it->empty() && it->front().is_string();
}

// Counts by word; what the histogram does not name stands under "".
std::map<std::string, double> WordCounts(const nlohmann::json& json) {
  std::map<std::string, double> counts;
  const std::vector<double> numbers = Numbers(json, "counts");
  const nlohmann::json& words = json.at("values");
  for (std::size_t i = 0; i < std::min(numbers.size(), words.size()); ++i) {
    if (words[i].is_string()) counts[words[i].get<std::string>()] += numbers[i];
  }
  counts[""] += Number(json, "other").value_or(0);
  return counts;
}

std::optional<double> WordIndex(const nlohmann::json& base, const nlohmann::json& value) {
  const std::map<std::string, double> ours = WordCounts(base);
  std::map<std::string, double> theirs;
  for (const auto& [word, count] : WordCounts(value)) theirs[ours.contains(word) ? word : ""] += count;
  double base_sum = 0;
  double value_sum = 0;
  for (const auto& [_, count] : ours) base_sum += count;
  for (const auto& [_, count] : theirs) value_sum += count;
  if (base_sum <= 0 || value_sum <= 0) return std::nullopt;
  double index = 0;
  for (const auto& [word, count] : ours) index += Term(count / base_sum, theirs[word] / value_sum);
  return index;
}

void AddDifference(const char* name, std::optional<double> base, std::optional<double> value, ColumnDifference* difference) {
  if (base != value) difference->statistics.push_back({name, base, value});
}

std::optional<double> MissingShare(const nlohmann::json& column) {
  const double missing = Number(column, "missing").value_or(0);
  const double all = missing + Number(column, "count").value_or(0);
  return all > 0 ? std::optional(missing / all) : std::nullopt;
}

std::optional<double> Median(const nlohmann::json& column) {
  const std::vector<double> quantiles = Numbers(column, "quantiles");
  return quantiles.size() == 11 ? std::optional(quantiles[5]) : std::nullopt;
}

ColumnDifference Compare(const nlohmann::json& base, const nlohmann::json& value) {
  ColumnDifference difference{.name = Text(value, "name"), .change = "same"};
  for (const char* key : {"role", "type", "unit"}) {
    const std::string before = Text(base, key);
    const std::string after = Text(value, key);
    if (before != after) difference.schema_changes.push_back(absl::StrCat(key, ": ", before, " -> ", after));
  }
  if (!difference.schema_changes.empty()) difference.change = "schema";
  const auto base_histogram = base.find("histogram");
  const auto histogram = value.find("histogram");
  const std::string role = Text(value, "role");
  const bool may_move = role == "asset" || role == "time";  // new machines and later times are no drift
  if (!may_move && base_histogram != base.end() && histogram != value.end())
    difference.psi = StabilityIndex(*base_histogram, *histogram);
  AddDifference("count", Number(base, "count"), Number(value, "count"), &difference);
  AddDifference("missing_share", MissingShare(base), MissingShare(value), &difference);
  AddDifference("mean", Number(base, "mean"), Number(value, "mean"), &difference);
  AddDifference("sd", Number(base, "sd"), Number(value, "sd"), &difference);
  AddDifference("min", Number(base, "min"), Number(value, "min"), &difference);
  AddDifference("median", Median(base), Median(value), &difference);
  AddDifference("max", Number(base, "max"), Number(value, "max"), &difference);
  AddDifference("distinct", Number(base, "distinct"), Number(value, "distinct"), &difference);
  return difference;
}

std::vector<nlohmann::json> Columns(const nlohmann::json& statistics) {
  std::vector<nlohmann::json> columns;
  if (!statistics.is_object()) return columns;
  const auto list = statistics.find("columns");
  if (list == statistics.end() || !list->is_array()) return columns;
  for (const nlohmann::json& column : *list) {
    if (column.is_object()) columns.push_back(column);
  }
  return columns;
}

}  // namespace

std::optional<double> StabilityIndex(const nlohmann::json& base, const nlohmann::json& value) {
  if (!base.is_object() || !value.is_object()) return std::nullopt;
  if (IsOfTexts(base) != IsOfTexts(value)) return std::nullopt;
  if (IsOfTexts(base)) return WordIndex(base, value);
  const NumberBins ours = ReadBins(base);
  const NumberBins theirs = ReadBins(value);
  if (!ours.IsWhole() || !theirs.IsWhole()) return std::nullopt;
  double index = 0;
  double our_share = 0;
  double their_share = 0;
  std::vector<double> cuts = ours.Cuts();
  for (const double cut : cuts) {
    const double our_next = ours.ShareBelow(cut);
    const double their_next = theirs.ShareBelow(cut);
    index += Term(our_next - our_share, their_next - their_share);
    our_share = our_next;
    their_share = their_next;
  }
  return index + Term(1 - our_share, 1 - their_share);
}

std::string DriftOf(double psi) {
  if (psi < 0.1) return "none";
  return psi < 0.25 ? "moderate" : "large";
}

std::vector<ColumnDifference> CompareStatistics(const nlohmann::json& base, const nlohmann::json& value) {
  std::vector<ColumnDifference> differences;
  const std::vector<nlohmann::json> before = Columns(base);
  const std::vector<nlohmann::json> after = Columns(value);
  std::map<std::string, const nlohmann::json*> by_name;
  for (const nlohmann::json& column : before) by_name[Text(column, "name")] = &column;
  for (const nlohmann::json& column : after) {
    const auto it = by_name.find(Text(column, "name"));
    if (it == by_name.end()) {
      differences.push_back({.name = Text(column, "name"), .change = "added"});
      continue;
    }
    differences.push_back(Compare(*it->second, column));
    by_name.erase(it);
  }
  for (const nlohmann::json& column : before) {
    if (by_name.contains(Text(column, "name"))) differences.push_back({.name = Text(column, "name"), .change = "removed"});
  }
  return differences;
}

}  // namespace millwright::tracker
