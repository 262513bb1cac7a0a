#include "lib/learn/evaluation/slices.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "lib/base/status_macros.h"
#include "lib/learn/evaluation/distribution.h"
#include "lib/learn/quantile.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kMaxSlices = 20;
constexpr std::size_t kMaxSpecs = 10;
constexpr std::size_t kMaxColumns = 10;
constexpr std::string_view kMissing = "missing";

using ByValue = std::map<std::string, std::vector<std::size_t>>;

ByValue ByBins(const std::vector<double>& values, int bins) {
  std::vector<double> sorted;
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](double value) { return std::isfinite(value); });
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> edges;
  for (int i = 1; i < bins; ++i) edges.push_back(Rounded(SortedQuantile(sorted, static_cast<double>(i) / bins)));
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  ByValue slices;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto bin = static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), values[i]) - edges.begin());
    const std::string low = bin == 0 ? "" : Cat("from ", Shortest(edges[bin - 1]));
    const std::string high = bin == edges.size() ? "" : Cat("below ", Shortest(edges[bin]));
    const std::string name = low.empty() && high.empty() ? "all" : Cat(low, low.empty() || high.empty() ? "" : " ", high);
    slices[std::isfinite(values[i]) ? name : std::string(kMissing)].push_back(i);
  }
  return slices;
}

ByValue ByColumn(const SliceSpec& spec, const Column& column, std::span<const std::size_t> table_rows) {
  ByValue slices;
  if (column.spec.type == ColumnType::kText) {
    for (std::size_t i = 0; i < table_rows.size(); ++i) {
      const std::string& text = column.texts[table_rows[i]];
      slices[text.empty() ? std::string(kMissing) : text.substr(0, 100)].push_back(i);
    }
    return slices;
  }
  std::vector<double> values;
  std::set<double> distinct;
  for (const std::size_t row : table_rows) {
    values.push_back(column.numbers[row]);
    if (std::isfinite(values.back()) && distinct.size() <= kMaxSlices) distinct.insert(values.back());
  }
  if (distinct.size() > kMaxSlices) return ByBins(values, spec.bins);
  for (std::size_t i = 0; i < values.size(); ++i)
    slices[std::isfinite(values[i]) ? Shortest(values[i]) : std::string(kMissing)].push_back(i);
  return slices;
}

/// Each row joins the first group whose first member is near enough in every setting, or begins one.
ByValue ByCondition(const SliceSpec& spec, const std::vector<const Column*>& columns, std::span<const std::size_t> table_rows) {
  struct Group {
    std::vector<double> centre;
    std::string name;
  };
  std::vector<Group> groups;
  ByValue slices;
  for (std::size_t i = 0; i < table_rows.size(); ++i) {
    std::vector<double> settings;
    for (const Column* column : columns) settings.push_back(column->numbers[table_rows[i]]);
    if (std::any_of(settings.begin(), settings.end(), [](double value) { return !std::isfinite(value); })) {
      slices[std::string(kMissing)].push_back(i);
      continue;
    }
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& candidate) {
      for (std::size_t k = 0; k < settings.size(); ++k) {
        if (std::abs(settings[k] - candidate.centre[k]) > spec.tolerance[k]) return false;
      }
      return true;
    });
    if (group == groups.end()) {
      if (groups.size() >= kMaxSlices) {
        slices["other"].push_back(i);
        continue;
      }
      std::vector<std::string> parts;
      for (std::size_t k = 0; k < settings.size(); ++k)
        parts.push_back(Cat(spec.columns[k], " about ", Shortest(Rounded(settings[k]))));
      groups.push_back({.centre = settings, .name = Join(parts)});
      group = std::prev(groups.end());
    }
    slices[group->name].push_back(i);
  }
  return slices;
}

}  // namespace

absl::StatusOr<std::vector<SliceSpec>> ParseSlices(const nlohmann::json& json, std::string_view path) {
  if (!json.is_array() || json.size() > kMaxSpecs)
    return absl::InvalidArgumentError(Cat(path, ": must be a list of at most ", kMaxSpecs, " slices"));
  std::vector<SliceSpec> specs;
  for (const nlohmann::json& item : json) {
    const std::string item_path = Cat(path, "[", specs.size(), "]");
    StrictObject object(item, item_path);
    SliceSpec spec;
    const std::string column = object.Text("column", "");
    spec.columns = object.Texts("columns");
    spec.tolerance = object.Numbers("tolerance");
    spec.bins = static_cast<int>(object.Integer("bins", 2, 20, 4));
    if (column.empty() == spec.columns.empty())
      object.Fail("column", "name one column, or several in columns with a tolerance each");
    if (!column.empty() && !spec.tolerance.empty()) object.Fail("tolerance", "goes with columns, not with one column");
    if (!spec.columns.empty() && (spec.columns.size() > kMaxColumns || spec.tolerance.size() != spec.columns.size()))
      object.Fail("tolerance", Cat("must have one number for each of 1 to ", kMaxColumns, " columns"));
    for (const double tolerance : spec.tolerance) {
      if (!(tolerance >= 0)) object.Fail("tolerance", "must be 0 or more");
    }
    if (!column.empty()) spec.columns = {column};
    spec.name = object.Text("name", Join(spec.columns));
    RETURN_IF_ERROR(object.Finish());
    specs.push_back(std::move(spec));
  }
  return specs;
}

absl::StatusOr<std::vector<Slice>> CutSlices(const SliceSpec& spec, const Table& table, std::span<const std::size_t> table_rows) {
  ByValue by_value;
  if (spec.tolerance.empty()) {
    ASSIGN_OR_RETURN(const Column* column, table.Get(spec.columns[0]));
    by_value = ByColumn(spec, *column, table_rows);
  } else {
    std::vector<const Column*> columns;
    for (const std::string& name : spec.columns) {
      ASSIGN_OR_RETURN(const Column* column, table.GetNumber(name));
      columns.push_back(column);
    }
    by_value = ByCondition(spec, columns, table_rows);
  }
  std::vector<Slice> slices;
  for (auto& [value, rows] : by_value) slices.push_back({.value = value, .rows = std::move(rows)});
  std::stable_sort(slices.begin(), slices.end(), [](const Slice& a, const Slice& b) { return a.rows.size() > b.rows.size(); });
  if (slices.size() <= kMaxSlices) return slices;
  Slice other{.value = "other"};
  for (std::size_t i = kMaxSlices - 1; i < slices.size(); ++i)
    other.rows.insert(other.rows.end(), slices[i].rows.begin(), slices[i].rows.end());
  std::sort(other.rows.begin(), other.rows.end());
  slices.resize(kMaxSlices - 1);
  slices.push_back(std::move(other));
  return slices;
}

}  // namespace millwright::learn
