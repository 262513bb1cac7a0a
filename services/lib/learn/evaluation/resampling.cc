#include "lib/learn/evaluation/resampling.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "lib/learn/plant/random.h"
#include "lib/learn/quantile.h"

namespace millwright::learn {

namespace {

using By = ResamplingOptions::By;

constexpr std::size_t kFewAssets = 5;
constexpr std::size_t kMaxUnits = 100'000;

bool HasManyAssets(const ScoredRows& rows) {
  std::set<std::uint32_t> assets;
  for (const std::uint32_t asset : rows.asset_of) {
    assets.insert(asset);
    if (assets.size() >= kFewAssets) return true;
  }
  return false;
}

By Chosen(const ScoredRows& rows, By wanted) {
  if (wanted == By::kAsset && !rows.has_assets) return rows.has_times ? By::kBlock : By::kRow;
  if (wanted != By::kAuto) return wanted;
  if (!rows.has_assets && !rows.has_times) return By::kRow;
  return HasManyAssets(rows) ? By::kAsset : By::kBlock;
}

}  // namespace

std::string_view Name(By by) {
  constexpr std::string_view kNames[] = {"auto", "asset", "block", "row"};
  return kNames[static_cast<int>(by)];
}

ResamplingUnits MakeUnits(const ScoredRows& rows, const ResamplingOptions& options) {
  ResamplingUnits units{.by = Chosen(rows, options.by)};
  const std::size_t n = rows.table_rows.size();
  units.of_row.resize(n);
  const std::size_t pieces = units.by == By::kBlock ? static_cast<std::size_t>(options.blocks) : kMaxUnits;
  const std::size_t length = units.by == By::kAsset ? n : std::max<std::size_t>(1, (n + pieces - 1) / pieces);
  std::size_t taken = 0;  // rows in the unit so far
  for (std::size_t i = 0; i < n; ++i) {
    const bool is_other_asset = i > 0 && units.by != By::kRow && rows.asset_of[i] != rows.asset_of[i - 1];
    if (i == 0 || is_other_asset || taken == length) {
      ++units.count;
      taken = 0;
    }
    ++taken;
    units.of_row[i] = static_cast<std::uint32_t>(units.count - 1);
  }
  return units;
}

void ForEachResample(std::size_t units, const ResamplingOptions& options,
                     const std::function<void(std::span<const double>)>& at) {
  if (units == 0) return;
  plant::Random random(options.seed);
  std::vector<double> weights(units);
  for (int i = 0; i < options.resamples; ++i) {
    std::fill(weights.begin(), weights.end(), 0.0);
    for (std::size_t k = 0; k < units; ++k) weights[random.Below(units)] += 1;
    at(weights);
  }
}

std::optional<Interval> PercentileInterval(std::vector<double> values, double confidence) {
  const std::size_t all = values.size();
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  if (values.size() < 20 || values.size() * 10 < all * 9) return std::nullopt;
  std::sort(values.begin(), values.end());
  return Interval{.low = SortedQuantile(values, (1 - confidence) / 2), .high = SortedQuantile(values, (1 + confidence) / 2)};
}

}  // namespace millwright::learn
