#include "telemetry/storage/pg_asset_store.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "telemetry/storage/find_sensors.h"

namespace millwright::telemetry {
namespace {

// Locks the asset's row, so that sensors are added by one writer at a time.
constexpr pg::Statement kPut{"put_asset", R"sql(
  INSERT INTO telemetry.assets AS a (workspace_id, asset_id, asset_type)
  VALUES ($1, $2, $3)
  ON CONFLICT (workspace_id, asset_id) DO UPDATE SET asset_type = CASE WHEN excluded.asset_type = '' THEN a.asset_type ELSE excluded.asset_type END
  RETURNING number
)sql"};

constexpr pg::Statement kAddSensors{"add_sensors", R"sql(
  INSERT INTO telemetry.sensors (asset_number, name, unit)
  SELECT $1, name, unit FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS s (name, unit, place) ORDER BY place
  ON CONFLICT (asset_number, name) DO NOTHING
)sql"};

constexpr pg::Statement kFindOtherUnit{"find_other_unit", R"sql(
  SELECT name, s.unit, n.unit
    FROM telemetry.sensors s JOIN unnest($2::text[], $3::text[]) AS n (name, unit) USING (name)
   WHERE s.asset_number = $1
     AND s.unit <> n.unit
   ORDER BY name
   LIMIT 1
)sql"};

constexpr pg::Statement kCountSensors{"count_sensors", R"sql(
  SELECT count(*) FROM telemetry.sensors WHERE asset_number = $1
)sql"};

constexpr pg::Statement kGet{"get_asset", R"sql(
  SELECT number, asset_id, asset_type, created_at, last_sample_at FROM telemetry.assets WHERE number = $1
)sql"};

constexpr pg::Statement kList{"list_assets", R"sql(
  SELECT number, asset_id, asset_type, created_at, last_sample_at
    FROM telemetry.assets
   WHERE workspace_id = $1
     AND asset_id > $2
     AND ($3::text IS NULL OR asset_type = $3)
   ORDER BY asset_id
   LIMIT $4
)sql"};

constexpr pg::Statement kListSensors{"list_sensors", R"sql(
  SELECT asset_number, name, unit FROM telemetry.sensors WHERE asset_number = ANY ($1) ORDER BY number
)sql"};

absl::StatusOr<std::vector<Asset>> ReadAssets(pg::Tx& tx, const std::vector<pg::Row>& rows) {
  std::vector<Asset> assets;
  std::vector<std::int64_t> numbers;
  std::map<std::int64_t, std::size_t> place;
  for (const pg::Row& row : rows) {
    place[row.Int(0)] = assets.size();
    numbers.push_back(row.Int(0));
    assets.push_back({AssetId(row.Text(1)), row.Text(2), {}, row.Time(3), row.OptionalTime(4)});
  }
  ASSIGN_OR_RETURN(const std::vector<pg::Row> sensors, tx.Many(kListSensors, numbers));
  for (const pg::Row& row : sensors) assets[place.at(row.Int(0))].sensors.push_back({row.Text(1), row.Text(2)});
  return assets;
}

absl::StatusOr<Asset> GetAsset(pg::Tx& tx, std::int64_t number) {
  ASSIGN_OR_RETURN(pg::Row row, tx.One(kGet, number));
  ASSIGN_OR_RETURN(std::vector<Asset> assets, ReadAssets(tx, {std::move(row)}));
  return std::move(assets.front());
}

}  // namespace

absl::StatusOr<Asset> PgAssetStore::Put(const base::WorkspaceId& workspace, const AssetId& id, const std::string& type,
                                        const std::vector<Sensor>& sensors) {
  std::vector<std::string> names;
  std::vector<std::string> units;
  for (const Sensor& sensor : sensors) {
    names.push_back(sensor.name);
    units.push_back(sensor.unit);
  }
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Asset> {
    ASSIGN_OR_RETURN(const pg::Row asset, tx.One(kPut, workspace, id, type));
    RETURN_IF_ERROR(tx.Execute(kAddSensors, asset.Int(0), names, units).status());
    ASSIGN_OR_RETURN(const std::optional<pg::Row> other, tx.ZeroOrOne(kFindOtherUnit, asset.Int(0), names, units));
    if (other) {
      return absl::InvalidArgumentError(absl::StrCat("sensors: \"", other->Text(0), "\" of asset \"", id.value(),
                                                     "\" has the unit \"", other->Text(1), "\" already and cannot become \"",
                                                     other->Text(2), "\""));
    }
    ASSIGN_OR_RETURN(const pg::Row count, tx.One(kCountSensors, asset.Int(0)));
    if (count.Int(0) > static_cast<std::int64_t>(kMaxSensors)) {
      return absl::InvalidArgumentError(
          absl::StrCat("sensors: asset \"", id.value(), "\" would have ", count.Int(0), "; at most ", kMaxSensors));
    }
    return GetAsset(tx, asset.Int(0));
  });
}

absl::StatusOr<Asset> PgAssetStore::Get(const base::WorkspaceId& workspace, const AssetId& id) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Asset> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindAsset(tx, workspace, id));
    return GetAsset(tx, number);
  });
}

absl::StatusOr<std::vector<Asset>> PgAssetStore::List(const base::WorkspaceId& workspace, const AssetQuery& query) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Asset>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kList, workspace, query.after, query.type, query.size));
    return ReadAssets(tx, rows);
  });
}

}  // namespace millwright::telemetry
