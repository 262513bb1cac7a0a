#include "cli/tables/tables.h"
#include "millwright/telemetry/v1/telemetry.pb.h"

namespace millwright::cli {

#define TELEMETRY "millwright.telemetry.v1.TelemetryService."

const ServiceTable& TelemetryTable() {
  telemetry::v1::Asset::descriptor();  // registers the contract
  static const auto* table = new ServiceTable{
      .commands =
          {
              {"assets", "list", TELEMETRY "ListAssets", "Assets", {{"type", "asset_type", From::kFlag, "only of this type"}}},
              {"assets", "get", TELEMETRY "GetAsset", "One asset with its sensors", {{"ASSET", "asset_id"}}},
              {"assets",
               "events",
               TELEMETRY "ListEvents",
               "Failures and maintenance, in time order",
               {{"asset", "asset_ids", From::kList, "only of this asset"}}},
          },
      .columns = {
          {"millwright.telemetry.v1.Asset",
           {{"ASSET", "asset_id"},
            {"TYPE", "asset_type"},
            {"SENSORS", "sensors"},
            {"LAST SAMPLE", "last_sample_at"},
            {"CREATED", "created_at"}}},
          {"millwright.telemetry.v1.Sensor", {{"SENSOR", "name"}, {"UNIT", "unit"}}},
          {"millwright.telemetry.v1.Event",
           {{"AT", "at"}, {"ASSET", "asset_id"}, {"KIND", "kind"}, {"CODE", "code"}, {"EVENT", "event_id"}}},
      }};
  return *table;
}

}  // namespace millwright::cli
