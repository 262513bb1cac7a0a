#pragma once

#include "lib/pg/database.h"
#include "telemetry/domain/stores.h"

namespace millwright::telemetry {

/// Assets in telemetry.assets and sensors.
class PgAssetStore : public AssetStore {
 public:
  explicit PgAssetStore(pg::Database& db) : db_(db) {}
  absl::StatusOr<Asset> Put(const base::WorkspaceId& workspace, const AssetId& id, const std::string& type,
                            const std::vector<Sensor>& sensors) override;
  absl::StatusOr<Asset> Get(const base::WorkspaceId& workspace, const AssetId& id) override;
  absl::StatusOr<std::vector<Asset>> List(const base::WorkspaceId& workspace, const AssetQuery& query) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::telemetry
