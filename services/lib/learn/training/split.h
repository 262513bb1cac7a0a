#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/features/target.h"
#include "lib/learn/table/table.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// How the rows of a table become training, validation and test rows; the README has its JSON.
struct SplitSpec {
  enum class By { kAsset, kTime, kRow };
  By by = By::kAsset;
  double validation = 0;  // shares of the assets or rows; the rest trains
  double test = 0;
  std::vector<std::string> training_assets;  // named instead of drawn; with this list, assets in none are left out
  std::vector<std::string> validation_assets;
  std::vector<std::string> test_assets;
  std::uint64_t seed = 1;
  bool refits = false;      // after validation, train again on training and validation rows together
  bool stratifies = false;  // by row: each class of the first head has its share in each part
  std::size_t folds = 0;    // 0: none; else the test part is fold `fold` of so many
  std::size_t fold = 0;
  std::size_t first_rows = 0;  // by time: so many rows of each asset train and validate, the rest tests; 0: shares
  double gap = 0;              // by time: left out before a later part, in units of time (rows without time.column)

  bool IsNamed() const { return !training_assets.empty() || !validation_assets.empty() || !test_assets.empty(); }
  bool HasValidation() const { return validation > 0 || !validation_assets.empty(); }
  bool HasTest() const { return test > 0 || !test_assets.empty() || folds > 0 || first_rows > 0; }
};

/// Strict. `targets` are those of the heads, at least one: a split over which one of them would look is refused, as is an asset
/// on two sides.
absl::StatusOr<SplitSpec> ParseSplit(const nlohmann::json& json, const PipelineSpec& pipeline,
                                     std::span<const TargetSpec> targets);

enum class Part { kTraining, kValidation, kTest, kNone };

/// The part of each row of the table, by its number. The same table and spec give the same split, in whatever order the rows
/// come (by asset and time). By time, rows whose target looks into a later part are left out ("purged", as Lopez de Prado has it
/// in "Advances in financial machine learning", 2018). FailedPrecondition when there is too little for a part, InvalidArgument
/// for an asset that is named and not there.
absl::StatusOr<std::vector<Part>> SplitRows(const SplitSpec& split, const PipelineSpec& pipeline,
                                            std::span<const TargetSpec> targets, const Table& table,
                                            std::span<const AssetRows> assets);

/// The assets of each part, sorted by name.
struct AssetSplit {
  std::vector<std::string> training;
  std::vector<std::string> validation;
  std::vector<std::string> test;
};

/// Draws (or takes by name) the assets of each part. The same names and seed give the same split, in whatever order the names
/// come.
absl::StatusOr<AssetSplit> SplitAssets(std::vector<std::string> assets, const SplitSpec& split);

}  // namespace millwright::learn
