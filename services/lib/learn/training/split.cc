#include "lib/learn/training/split.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/learn/plant/random.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::string_view kBys[] = {"asset", "time", "row"};
constexpr std::int64_t kMaxFolds = 1000;

template <typename T>
void Shuffle(std::vector<T>& items, plant::Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.Below(i)]);
}

/// At least one when the share is above 0.
std::size_t CountOf(double share, std::size_t of) {
  if (share <= 0) return 0;
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(share * static_cast<double>(of))));
}

/// Parts of shuffled items: the test ones first, then those for validation. With folds, the test part is one of them, and the
/// share for validation is of the rest.
absl::StatusOr<std::vector<Part>> Deal(std::size_t items, const SplitSpec& split, std::string_view what) {
  std::vector<Part> parts(items, Part::kTraining);
  std::size_t test = CountOf(split.test, items);
  if (split.folds > 0) {
    const std::size_t begin = items * split.fold / split.folds;
    const std::size_t end = items * (split.fold + 1) / split.folds;
    test = end - begin;
    std::fill(parts.begin() + static_cast<std::ptrdiff_t>(begin), parts.begin() + static_cast<std::ptrdiff_t>(end), Part::kTest);
  } else {
    std::fill(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(std::min(test, items)), Part::kTest);
  }
  const std::size_t validation = CountOf(split.validation, split.folds > 0 ? items - test : items);
  if (test + validation + 1 > items || (split.folds > 0 && test == 0)) {
    return absl::FailedPreconditionError(Cat("the data has ", items, " ", what, "; ", validation, " for validation, ",
                                             std::max<std::size_t>(test, split.folds > 0 ? 1 : 0),
                                             " for test and at least 1 for training need ", test + validation + 1));
  }
  std::size_t left = validation;
  for (Part& part : parts) {
    if (left == 0) break;
    if (part != Part::kTraining) continue;
    part = Part::kValidation;
    --left;
  }
  return parts;
}

absl::StatusOr<std::vector<Part>> ByAsset(const SplitSpec& split, const Table& table, std::span<const AssetRows> assets) {
  std::vector<std::string> names;
  for (const AssetRows& asset : assets) names.push_back(asset.asset);
  ASSIGN_OR_RETURN(const AssetSplit drawn, SplitAssets(std::move(names), split));
  std::vector<Part> parts(table.rows(), Part::kNone);
  const auto is_in = [](const std::vector<std::string>& part, const std::string& asset) {
    return std::binary_search(part.begin(), part.end(), asset);
  };
  for (const AssetRows& asset : assets) {
    const Part part = is_in(drawn.test, asset.asset)         ? Part::kTest
                      : is_in(drawn.validation, asset.asset) ? Part::kValidation
                      : is_in(drawn.training, asset.asset)   ? Part::kTraining
                                                             : Part::kNone;
    for (const std::size_t row : asset.rows) parts[row] = part;
  }
  return parts;
}

/// Marks one asset's rows, or all rows, that stand in order of `at`: training before `validation_from`, validation before
/// `test_from`; the last `gap` before each boundary is left out.
void MarkInOrder(std::span<const std::size_t> rows, std::span<const double> at, double validation_from, double test_from,
                 double gap, std::vector<Part>& parts) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Part part = at[i] >= test_from ? Part::kTest : at[i] >= validation_from ? Part::kValidation : Part::kTraining;
    if (part == Part::kTraining && at[i] + gap >= validation_from) part = Part::kNone;
    if (part != Part::kTest && at[i] + gap >= test_from) part = Part::kNone;
    parts[rows[i]] = part;
  }
}

/// Boundaries of a series of so many places: where validation and test begin.
std::pair<std::size_t, std::size_t> Boundaries(const SplitSpec& split, std::size_t count) {
  if (split.first_rows > 0) {
    const std::size_t known = std::min(split.first_rows, count);
    return {known - std::min(known, CountOf(split.validation, known)), known};
  }
  const std::size_t test = CountOf(split.test, count);
  const std::size_t validation = CountOf(split.validation, count);
  const std::size_t from = count - std::min(count, test);
  return {from - std::min(from, validation), from};
}

absl::StatusOr<std::vector<Part>> ByTime(const SplitSpec& split, const PipelineSpec& pipeline, const Table& table,
                                         std::span<const AssetRows> assets) {
  std::vector<Part> parts(table.rows(), Part::kNone);
  const Column* time = nullptr;
  if (!pipeline.time_column.empty()) {
    ASSIGN_OR_RETURN(time, table.GetNumber(pipeline.time_column));
  }
  const auto mark = [&](std::span<const std::size_t> rows, std::span<const double> at) {
    const auto [validation, test] = Boundaries(split, rows.size());
    const auto from = [&](std::size_t boundary) {
      return boundary < at.size() ? at[boundary] : std::numeric_limits<double>::infinity();
    };
    MarkInOrder(rows, at, from(validation), from(test), split.gap, parts);
  };
  if (time != nullptr && split.first_rows == 0) {
    // One moment for all assets.
    std::vector<std::size_t> rows;
    for (const AssetRows& asset : assets) rows.insert(rows.end(), asset.rows.begin(), asset.rows.end());
    std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return time->numbers[a] < time->numbers[b]; });
    std::vector<double> at;
    for (const std::size_t row : rows) at.push_back(time->numbers[row]);
    mark(rows, at);
  } else {
    for (const AssetRows& asset : assets) {
      std::vector<double> at;
      for (std::size_t i = 0; i < asset.rows.size(); ++i)
        at.push_back(time != nullptr ? time->numbers[asset.rows[i]] : static_cast<double>(i));
      mark(asset.rows, at);
    }
  }
  return parts;
}

/// Leaves out of `parts` the rows whose target looks ahead into another part of `split`; the rows of a gap are of none.
absl::Status Purge(const TargetSpec& target, const PipelineSpec& pipeline, const Table& table, std::span<const AssetRows> assets,
                   std::span<const Part> split, std::vector<Part>& parts) {
  if (target.horizon <= 0) return absl::OkStatus();
  const Column* time = nullptr;
  if (target.needs_time()) {
    ASSIGN_OR_RETURN(time, table.GetNumber(pipeline.time_column));
  }
  for (const AssetRows& asset : assets) {
    const auto at = [&](std::size_t i) { return time != nullptr ? time->numbers[asset.rows[i]] : static_cast<double>(i); };
    std::vector<Part> reached;  // the last part up to each row
    for (const std::size_t row : asset.rows)
      reached.push_back(split[row] == Part::kNone && !reached.empty() ? reached.back() : split[row]);
    std::size_t last = 0;  // the last row that row i's target sees
    for (std::size_t i = 0; i < reached.size(); ++i) {
      last = std::max(last, i);
      while (last + 1 < reached.size() && at(last + 1) <= at(i) + target.horizon) ++last;
      if (reached[last] != reached[i]) parts[asset.rows[i]] = Part::kNone;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Part>> ByRow(const SplitSpec& split, const PipelineSpec& pipeline, const TargetSpec& target,
                                        const Table& table, std::span<const AssetRows> assets) {
  std::map<double, std::vector<std::size_t>> groups;  // by class, or all in one
  if (split.stratifies) {
    std::vector<AssetRows> all(assets.begin(), assets.end());
    ASSIGN_OR_RETURN(const TargetSpec fitted, FitTarget(target, pipeline, table, all));
    ASSIGN_OR_RETURN(const std::vector<double> classes, ComputeTarget(fitted, pipeline, table, assets));
    // Rows of no known class are in no part.
    for (std::size_t row = 0; row < classes.size(); ++row) {
      if (!std::isnan(classes[row])) groups[classes[row]].push_back(row);
    }
  } else {
    for (std::size_t row = 0; row < table.rows(); ++row) groups[0].push_back(row);
  }
  std::vector<Part> parts(table.rows(), Part::kNone);
  plant::Random random(split.seed);
  for (auto& [group, rows] : groups) {
    Shuffle(rows, random);
    ASSIGN_OR_RETURN(const std::vector<Part> dealt, Deal(rows.size(), split, split.stratifies ? "rows of one class" : "rows"));
    for (std::size_t i = 0; i < rows.size(); ++i) parts[rows[i]] = dealt[i];
  }
  return parts;
}

/// A share, or a list of assets.
void ReadPart(StrictObject& object, std::string_view key, double& share, std::vector<std::string>& assets) {
  const nlohmann::json* value = object.Optional(key);
  if (value == nullptr) return;
  if (value->is_array()) {
    assets = object.Texts(key);
    if (assets.empty()) object.Fail(key, "must name at least one asset, or be a share");
  } else {
    share = object.Number(key, 0, 0.9);
  }
}

/// How far ahead the targets look, in the unit of a gap.
double Reach(std::span<const TargetSpec> targets) {
  double reach = 0;
  for (const TargetSpec& target : targets) reach = std::max(reach, target.horizon);
  return reach;
}

/// A split in which one side would see the other.
void RefuseLeaks(StrictObject& object, const SplitSpec& split, const PipelineSpec& pipeline,
                 std::span<const TargetSpec> targets) {
  std::set<std::string> seen;
  for (const auto* assets : {&split.training_assets, &split.validation_assets, &split.test_assets}) {
    const std::set<std::string> own(assets->begin(), assets->end());
    for (const std::string& asset : own) {
      if (!seen.insert(asset).second)
        object.Fail("by", Cat("asset puts \"", asset.substr(0, 100), "\" on two sides; name it in one list only"));
    }
  }
  if (split.by == SplitSpec::By::kAsset) return;
  for (const TargetSpec& target : targets) {
    if (target.kind == TargetSpec::Kind::kRul)
      object.Fail("by", "must be asset for a rul target, which looks to each asset's end");
  }
  if (split.by != SplitSpec::By::kRow) return;
  if (!pipeline.asset_column.empty())
    object.Fail("by", Cat("row would put rows of one \"", pipeline.asset_column, "\" on both sides; use asset or time"));
  const bool looks_back =
      std::any_of(pipeline.column_steps.begin(), pipeline.column_steps.end(), [](const auto& step) { return step->rows() > 1; });
  if (looks_back || pipeline.IsSinceStart() || pipeline.LongestWindow() > 1 || Reach(targets) > 0)
    object.Fail("by", "row would let the windows or targets of neighbouring rows overlap over the sides; use time");
}

}  // namespace

absl::StatusOr<SplitSpec> ParseSplit(const nlohmann::json& json, const PipelineSpec& pipeline,
                                     std::span<const TargetSpec> targets) {
  StrictObject object(json, "split");
  SplitSpec split;
  const std::string by = object.Text("by", "asset");
  const auto it = std::find(std::begin(kBys), std::end(kBys), by);
  if (it == std::end(kBys)) object.Fail("by", Cat("\"", by.substr(0, 40), "\" must be one of ", Join(kBys)));
  split.by = it == std::end(kBys) ? SplitSpec::By::kAsset : static_cast<SplitSpec::By>(it - std::begin(kBys));
  split.training_assets = object.Texts("training");
  ReadPart(object, "validation", split.validation, split.validation_assets);
  ReadPart(object, "test", split.test, split.test_assets);
  split.seed = static_cast<std::uint64_t>(object.Integer("seed", 0, std::int64_t{1} << 53, 1));
  split.refits = object.Bool("refit", false);
  split.folds = static_cast<std::size_t>(object.Integer("folds", 0, kMaxFolds, 0));
  split.fold = static_cast<std::size_t>(object.Integer("fold", 0, kMaxFolds, 0));
  split.stratifies = object.Bool("stratify", false);
  split.first_rows = static_cast<std::size_t>(object.Integer("first_rows", 0, 1'000'000'000, 0));
  split.gap = object.Number("gap", 0, 1e300, 0.0);

  const bool is_by_time = split.by == SplitSpec::By::kTime;
  if (split.IsNamed() && split.by != SplitSpec::By::kAsset) object.Fail("by", "must be asset where assets are listed");
  if (!split.training_assets.empty() && (split.validation > 0 || split.test > 0))
    object.Fail("training", "lists assets, so validation and test must be lists too");
  if (split.folds == 1 || (split.folds > 0 && split.fold >= split.folds))
    object.Fail("fold", Cat("must be from 0 to folds - 1, of 2 folds or more"));
  if (split.folds > 0 && (split.test > 0 || !split.test_assets.empty() || is_by_time))
    object.Fail("folds", "makes the test part itself: it fits neither a test share nor a split by time");
  if (split.stratifies && split.by != SplitSpec::By::kRow) object.Fail("stratify", "is for a split by row");
  const bool has_classes = !targets.empty() && (targets[0].task() == Task::kBinary || targets[0].task() == Task::kMulticlass);
  if (split.stratifies && !has_classes) object.Fail("stratify", "needs classes as the first head's target");
  if (!is_by_time && (split.gap > 0 || split.first_rows > 0)) object.Fail("by", "must be time for gap and first_rows");
  if (split.first_rows > 0 && split.test > 0) object.Fail("first_rows", "makes the test part itself: it fits no test share");
  if (split.refits && !split.HasValidation()) object.Fail("refit", "needs a validation share above 0");
  if (split.validation + split.test > 0.95) object.Fail("validation", "and test together leave too little to train on");
  RefuseLeaks(object, split, pipeline, targets);
  RETURN_IF_ERROR(object.Finish());
  return split;
}

absl::StatusOr<std::vector<Part>> SplitRows(const SplitSpec& split, const PipelineSpec& pipeline,
                                            std::span<const TargetSpec> targets, const Table& table,
                                            std::span<const AssetRows> assets) {
  if (split.by == SplitSpec::By::kAsset) return ByAsset(split, table, assets);
  ASSIGN_OR_RETURN(std::vector<Part> parts, split.by == SplitSpec::By::kTime ? ByTime(split, pipeline, table, assets)
                                                                             : ByRow(split, pipeline, targets[0], table, assets));
  const auto lacks = [&](Part part) { return std::find(parts.begin(), parts.end(), part) == parts.end(); };
  if (split.first_rows > 0 && lacks(Part::kTest)) {
    std::size_t most = 0;
    for (const AssetRows& asset : assets) most = std::max(most, asset.rows.size());
    return absl::FailedPreconditionError(Cat("split.first_rows is ", split.first_rows, ", ",
                                             pipeline.asset_column.empty() ? "the table has " : "the longest asset has ", most,
                                             " rows; nothing is left to test"));
  }
  const std::vector<Part> whole = parts;
  for (const TargetSpec& target : targets) RETURN_IF_ERROR(Purge(target, pipeline, table, assets, whole, parts));
  if (lacks(Part::kTraining) || (split.HasValidation() && lacks(Part::kValidation)))
    return absl::FailedPreconditionError(Cat("the ", table.rows(), " rows leave no row for ",
                                             lacks(Part::kTraining) ? "training" : "validation", " by this split"));
  return parts;
}

absl::StatusOr<AssetSplit> SplitAssets(std::vector<std::string> assets, const SplitSpec& split) {
  std::sort(assets.begin(), assets.end());
  AssetSplit out;
  for (const auto& [named, part] :
       {std::pair(&split.training_assets, &out.training), std::pair(&split.validation_assets, &out.validation),
        std::pair(&split.test_assets, &out.test)}) {
    for (const std::string& asset : *named) {
      const auto it = std::find(assets.begin(), assets.end(), asset);
      if (it == assets.end())
        return absl::InvalidArgumentError(Cat("split: the table has no asset \"", asset.substr(0, 100), "\""));
      part->push_back(asset);
      assets.erase(it);
    }
  }
  if (split.training_assets.empty()) {
    plant::Random random(split.seed);
    Shuffle(assets, random);
    ASSIGN_OR_RETURN(const std::vector<Part> parts, Deal(assets.size(), split, "assets"));
    for (std::size_t i = 0; i < assets.size(); ++i) {
      std::vector<std::string>& part = parts[i] == Part::kTest         ? out.test
                                       : parts[i] == Part::kValidation ? out.validation
                                                                       : out.training;
      part.push_back(assets[i]);
    }
  }
  for (std::vector<std::string>* part : {&out.training, &out.validation, &out.test}) std::sort(part->begin(), part->end());
  return out;
}

}  // namespace millwright::learn
