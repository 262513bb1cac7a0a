#include "lib/learn/training/seen_rows.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "lib/base/status_macros.h"
#include "lib/learn/training/training_spec.h"

namespace millwright::learn {

namespace {

/// The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
std::uint64_t Mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

std::uint64_t HashOf(const Column& column, std::size_t row) {
  if (column.spec.type == ColumnType::kText) return std::hash<std::string_view>()(column.texts[row]);
  const double value = column.numbers[row];
  return std::isnan(value) ? 1 : std::bit_cast<std::uint64_t>(value + 0.0);  // -0 is 0
}

/// The columns by which a row of one table is known again in the other, as each of them has them.
struct SharedColumns {
  std::vector<const Column*> training;
  std::vector<const Column*> table;
};
SharedColumns ColumnsToKnowBy(const Bundle& bundle, const Table& training, const Table& table) {
  const PipelineSpec& pipeline = bundle.pipeline().spec();
  std::set<std::string> read(bundle.pipeline().inputs().begin(), bundle.pipeline().inputs().end());
  read.insert({pipeline.asset_column, pipeline.time_column});
  SharedColumns shared;
  for (const Column& column : training.columns()) {
    if (!pipeline.time_column.empty() && !read.contains(column.spec.name)) continue;
    const Column* same = table.Find(column.spec.name);
    if (same == nullptr || same->spec.type != column.spec.type) continue;
    shared.training.push_back(&column);
    shared.table.push_back(same);
  }
  return shared;
}

std::uint64_t HashOf(std::span<const Column* const> columns, std::size_t row) {
  std::uint64_t hash = columns.size();
  for (const Column* column : columns) hash = Mix(hash + 0x9e3779b97f4a7c15U + HashOf(*column, row));
  return hash;
}

}  // namespace

absl::StatusOr<std::vector<bool>> SeenRows(const Bundle& bundle, const TrainedOn& trained_on, const Table& table) {
  ASSIGN_OR_RETURN(const TrainingSpec spec, ParseTrainingSpec(bundle.training_spec()));
  const PipelineSpec& pipeline = spec.pipeline;
  const Table& training = trained_on.table;
  ASSIGN_OR_RETURN(const std::vector<AssetRows> assets, GroupByAsset(training, pipeline.asset_column, pipeline.time_column));
  ASSIGN_OR_RETURN(const std::vector<Part> parts, SplitRows(spec, training, assets));
  const auto is_used = [&](std::size_t row) { return parts[row] == Part::kTraining || parts[row] == Part::kValidation; };

  std::vector<bool> seen(table.rows());
  if (trained_on.is_same_table) {
    for (std::size_t row = 0; row < seen.size(); ++row) seen[row] = is_used(row);
    return seen;
  }
  const SharedColumns columns = ColumnsToKnowBy(bundle, training, table);
  std::unordered_map<std::uint64_t, std::size_t> used;  // how many training rows look like that
  for (std::size_t row = 0; row < parts.size() && !columns.table.empty(); ++row) {
    if (is_used(row)) ++used[HashOf(columns.training, row)];
  }
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto alike = columns.table.empty() ? used.end() : used.find(HashOf(columns.table, row));
    if (alike == used.end() || alike->second == 0) continue;
    seen[row] = true;
    --alike->second;
  }
  if (spec.split.by != SplitSpec::By::kAsset || pipeline.asset_column.empty()) return seen;

  std::map<std::string, std::size_t> used_rows;  // of each asset
  for (const AssetRows& asset : assets) {
    const auto count = static_cast<std::size_t>(std::count_if(asset.rows.begin(), asset.rows.end(), is_used));
    if (count > 0) used_rows[asset.asset] = count;
  }
  ASSIGN_OR_RETURN(const std::vector<AssetRows> asked, GroupByAsset(table, pipeline.asset_column, pipeline.time_column));
  for (const AssetRows& asset : asked) {
    const auto same_name = used_rows.find(asset.asset);
    bool is_seen = false;
    if (same_name != used_rows.end()) {
      const auto known = static_cast<std::size_t>(
          std::count_if(asset.rows.begin(), asset.rows.end(), [&](std::size_t row) { return seen[row]; }));
      is_seen = trained_on.has_same_assets || 2 * known >= std::min(same_name->second, asset.rows.size());
    }
    for (const std::size_t row : asset.rows) seen[row] = is_seen;
  }
  return seen;
}

}  // namespace millwright::learn
