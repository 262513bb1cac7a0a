#include "telemetry/storage/find_sensors.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::telemetry {
namespace {

constexpr pg::Statement kFindAsset{"find_asset", R"sql(
  SELECT number FROM telemetry.assets WHERE workspace_id = $1 AND asset_id = $2
)sql"};

constexpr pg::Statement kFindSensors{"find_sensors", R"sql(
  SELECT name, number FROM telemetry.sensors WHERE asset_number = $1 ORDER BY number
)sql"};

}  // namespace

absl::StatusOr<std::int64_t> FindAsset(pg::Tx& tx, const base::WorkspaceId& workspace, const AssetId& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindAsset, workspace, id));
  if (!row) return absl::NotFoundError(absl::StrCat("no asset has the id \"", id.value(), "\""));
  return row->Int(0);
}

absl::StatusOr<std::vector<NumberedSensor>> FindSensors(pg::Tx& tx, std::int64_t asset) {
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kFindSensors, asset));
  std::vector<NumberedSensor> sensors;
  for (const pg::Row& row : rows) sensors.push_back({row.Text(0), row.Int(1)});
  return sensors;
}

absl::StatusOr<std::vector<NumberedSensor>> FindSensors(pg::Tx& tx, std::int64_t asset, const AssetId& id,
                                                        const std::vector<std::string>& names, bool skips_unknown) {
  ASSIGN_OR_RETURN(const std::vector<NumberedSensor> all, FindSensors(tx, asset));
  std::map<std::string, std::int64_t> numbers;
  for (const NumberedSensor& sensor : all) numbers[sensor.name] = sensor.number;
  std::vector<NumberedSensor> sensors;
  for (const std::string& name : names) {
    const auto found = numbers.find(name);
    if (found != numbers.end()) {
      sensors.push_back({name, found->second});
    } else if (!skips_unknown) {
      return absl::InvalidArgumentError(
          absl::StrCat("sensors: asset \"", id.value(), "\" has no sensor \"", name, "\"; PutAsset adds it"));
    }
  }
  return sensors;
}

}  // namespace millwright::telemetry
