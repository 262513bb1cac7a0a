#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/pg/database.h"
#include "telemetry/domain/asset.h"

namespace millwright::telemetry {

/// The row number of an asset of the workspace; NotFound.
absl::StatusOr<std::int64_t> FindAsset(pg::Tx& tx, const base::WorkspaceId& workspace, const AssetId& id);

/// A sensor's name and row number.
struct NumberedSensor {
  std::string name;
  std::int64_t number = 0;
};

/// All sensors of an asset, in the order in which they were added.
absl::StatusOr<std::vector<NumberedSensor>> FindSensors(pg::Tx& tx, std::int64_t asset);

/// The sensors named `names`, in that order. InvalidArgument for one that the asset does not have, or left out when
/// `skips_unknown`.
absl::StatusOr<std::vector<NumberedSensor>> FindSensors(pg::Tx& tx, std::int64_t asset, const AssetId& id,
                                                        const std::vector<std::string>& names, bool skips_unknown);

}  // namespace millwright::telemetry
