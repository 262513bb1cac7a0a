#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/base/id.h"

namespace millwright::telemetry {

using AssetId = base::Id<struct AssetTag>;  // chosen by the user, unique in the workspace

/// One measured quantity of an asset.
struct Sensor {
  std::string name;  // unique within the asset
  std::string unit;
};

/// A machine that is watched.
struct Asset {
  AssetId id;
  std::string type;
  std::vector<Sensor> sensors;  // in the order in which they were added
  absl::Time created_at;
  std::optional<absl::Time> last_sample_at;  // event time
};

inline constexpr std::size_t kMaxSensors = 1000;  // of one asset

/// InvalidArgument, naming `field`, unless 1 to 100 of letters, digits and . _ -
absl::StatusOr<AssetId> ParseAssetId(absl::string_view field, absl::string_view text);

/// InvalidArgument for a type over 100 bytes, a sensor without a good name, or one that is named twice.
absl::Status CheckAsset(const std::string& type, const std::vector<Sensor>& sensors);

}  // namespace millwright::telemetry
