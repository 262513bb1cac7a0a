#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/learn/plant/plant.h"
#include "lib/rpc/convert.h"
#include "trainer-worker/tasks/spec.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {
namespace {

namespace plant = learn::plant;
constexpr char kAssetType[] = "pump";
constexpr int kRowsPerWrite = 4000;

// The rows of one pump that have not been written yet.
struct Pending {
  std::string asset_id;
  telemetry::v1::WriteSamplesRequest request;
  int rows = 0;
};

absl::Status CreatePump(const std::string& asset_id, TaskContext& context) {
  telemetry::v1::PutAssetRequest request;
  request.set_asset_id(asset_id);
  request.set_asset_type(kAssetType);
  for (const plant::Sensor& sensor : plant::kPlantSensors) {
    telemetry::v1::Sensor* added = request.add_sensors();
    added->set_name(std::string(sensor.name));
    added->set_unit(std::string(sensor.unit));
  }
  telemetry::v1::Asset asset;
  return context.Write(&telemetry::v1::TelemetryService::Stub::PutAsset, context.platform.telemetry(), request, &asset);
}

void Add(const plant::PlantRow& row, Pending& pending) {
  telemetry::v1::SampleBatch* batch = pending.request.mutable_batch();
  if (batch->asset_id().empty()) {
    batch->set_asset_id(pending.asset_id);
    for (const plant::Sensor& sensor : plant::kPlantSensors) batch->add_sensors(std::string(sensor.name));
  }
  batch->add_event_times(static_cast<double>(row.seconds));
  batch->mutable_values()->Add(row.values.begin(), row.values.end());
  ++pending.rows;
}

absl::Status Flush(Pending& pending, TaskContext& context) {
  if (pending.rows == 0) return absl::OkStatus();
  telemetry::v1::WriteSamplesResponse reply;
  RETURN_IF_ERROR(
      context.Write(&telemetry::v1::TelemetryService::Stub::WriteSamples, context.platform.telemetry(), pending.request, &reply));
  pending.request.Clear();
  pending.rows = 0;
  return absl::OkStatus();
}

void AddEvent(const plant::PlantEvent& event, const std::string& asset_id, telemetry::v1::RecordEventsRequest& request) {
  telemetry::v1::Event* added = request.add_events();
  added->set_event_id(absl::StrCat(asset_id, "-", std::string(plant::Name(event.kind)), "-", event.seconds));
  added->set_asset_id(asset_id);
  added->set_kind(event.kind == plant::PlantEvent::Kind::kFailure ? telemetry::v1::EVENT_KIND_FAILURE
                                                                  : telemetry::v1::EVENT_KIND_MAINTENANCE);
  added->set_code(event.detail);
  *added->mutable_at() = rpc::ToProto(absl::FromUnixSeconds(event.seconds));
}

}  // namespace

absl::StatusOr<nlohmann::json> SimulatePlant(const nlohmann::json& spec_json, TaskContext& context) {
  SpecReader spec(spec_json);
  plant::PlantOptions options;
  options.pumps = static_cast<int>(spec.Int("pumps", options.pumps, 1, 1000));
  options.minutes = static_cast<int>(spec.Int("minutes", options.minutes, 1, 10'000'000));
  options.seed = static_cast<std::uint64_t>(spec.Int("seed", 1, 0, std::int64_t{1} << 53));
  const std::string prefix = spec.Text("asset_prefix", "");
  RETURN_IF_ERROR(spec.Finish());

  std::vector<Pending> pending(static_cast<std::size_t>(options.pumps));
  nlohmann::json asset_ids = nlohmann::json::array();
  for (int pump = 0; pump < options.pumps; ++pump) {
    pending[pump].asset_id = absl::StrCat(prefix, plant::PumpName(pump));
    asset_ids.push_back(pending[pump].asset_id);
    RETURN_IF_ERROR(CreatePump(pending[pump].asset_id, context));
  }

  plant::Plant fleet(options);
  telemetry::v1::RecordEventsRequest events;
  std::int64_t rows = 0;
  int failures = 0;
  for (int minute = 0; const std::optional<plant::PlantMinute> now = fleet.Next(); ++minute) {
    for (const plant::PlantRow& row : now->rows) {
      Add(row, pending[row.pump]);
      ++rows;
      if (pending[row.pump].rows >= kRowsPerWrite) RETURN_IF_ERROR(Flush(pending[row.pump], context));
    }
    for (const plant::PlantEvent& event : now->events) {
      AddEvent(event, pending[event.pump].asset_id, events);
      if (event.kind == plant::PlantEvent::Kind::kFailure) ++failures;
    }
    context.lease.SetProgress(minute + 1, options.minutes, "plant minutes", "");
  }
  for (Pending& rest : pending) RETURN_IF_ERROR(Flush(rest, context));
  telemetry::v1::RecordEventsResponse recorded;
  if (events.events_size() > 0) {
    RETURN_IF_ERROR(
        context.Write(&telemetry::v1::TelemetryService::Stub::RecordEvents, context.platform.telemetry(), events, &recorded));
  }
  return nlohmann::json{{"asset_ids", asset_ids},
                        {"asset_type", kAssetType},
                        {"rows", rows},
                        {"failures", failures},
                        {"from", options.start_seconds},
                        {"to", options.start_seconds + std::int64_t{60} * options.minutes}};
}

}  // namespace millwright::trainer
