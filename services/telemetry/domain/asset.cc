#include "telemetry/domain/asset.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/utf8.h"

namespace millwright::telemetry {

absl::StatusOr<AssetId> ParseAssetId(absl::string_view field, absl::string_view text) {
  const bool is_id = !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
  });
  if (!is_id) {
    return absl::InvalidArgumentError(absl::StrCat(field, ": \"", absl::CHexEscape(text.substr(0, 120)),
                                                   "\" is not an asset's id (1 to 100 of letters, digits and . _ -)"));
  }
  return AssetId(std::string(text));
}

absl::Status CheckAsset(const std::string& type, const std::vector<Sensor>& sensors) {
  if (type.size() > 100) return absl::InvalidArgumentError(absl::StrCat("asset_type: has ", type.size(), " bytes; at most 100"));
  if (sensors.size() > kMaxSensors) {
    return absl::InvalidArgumentError(
        absl::StrCat("sensors: has ", sensors.size(), " entries; an asset has at most ", kMaxSensors));
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < sensors.size(); ++i) {
    const std::size_t length = base::CountCharacters(sensors[i].name);
    if (length < 1 || length > 100) {
      return absl::InvalidArgumentError(
          absl::StrCat("sensors[", i, "].name: has ", length, " characters; a sensor's name has 1 to 100"));
    }
    if (sensors[i].unit.size() > 100)
      return absl::InvalidArgumentError(
          absl::StrCat("sensors[", i, "].unit: has ", sensors[i].unit.size(), " bytes; at most 100"));
    if (!names.insert(sensors[i].name).second)
      return absl::InvalidArgumentError(absl::StrCat("sensors[", i, "].name: \"", sensors[i].name, "\" is named twice"));
  }
  return absl::OkStatus();
}

}  // namespace millwright::telemetry
