#include "telemetry/rpc/convert.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/convert.h"

namespace millwright::telemetry {
namespace {

absl::StatusOr<absl::Time> ReadTime(const std::string& field, const google::protobuf::Timestamp& time) {
  if (time.seconds() < -62135596800 || time.seconds() >= 253402300800 || time.nanos() < 0 || time.nanos() > 999'999'999) {
    return absl::InvalidArgumentError(
        absl::StrCat(field, ": ", time.seconds(), " s ", time.nanos(), " ns is not a time in the years 1 to 9999"));
  }
  return rpc::FromProto(time);
}

absl::Status NotOurToken() { return absl::InvalidArgumentError("page_token: is not one that this list gave"); }

}  // namespace

absl::StatusOr<base::WorkspaceId> WorkspaceOf(const auth::Caller& caller) {
  if (caller.workspace.empty()) return absl::InvalidArgumentError("the call names no workspace: a service has to act in one");
  return caller.workspace;
}

pb::Asset ToProto(const Asset& asset) {
  pb::Asset result;
  result.set_asset_id(asset.id.value());
  result.set_asset_type(asset.type);
  for (const Sensor& sensor : asset.sensors) {
    pb::Sensor* added = result.add_sensors();
    added->set_name(sensor.name);
    added->set_unit(sensor.unit);
  }
  *result.mutable_created_at() = rpc::ToProto(asset.created_at);
  if (asset.last_sample_at) *result.mutable_last_sample_at() = rpc::ToProto(*asset.last_sample_at);
  return result;
}

pb::SampleBatch ToProto(const SampleBatch& batch) {
  pb::SampleBatch result;
  result.set_asset_id(batch.asset_id.value());
  for (const std::string& sensor : batch.sensors) result.add_sensors(sensor);
  result.mutable_event_times()->Reserve(static_cast<int>(batch.event_us.size()));
  for (const std::int64_t event_us : batch.event_us) result.add_event_times(static_cast<double>(event_us) / 1e6);
  *result.mutable_values() = {batch.values.begin(), batch.values.end()};
  for (const Quality quality : batch.qualities) result.add_qualities(static_cast<pb::Quality>(quality));
  return result;
}

pb::Event ToProto(const Event& event) {
  pb::Event result;
  result.set_event_id(event.id);
  result.set_asset_id(event.asset_id.value());
  result.set_kind(event.kind == EventKind::kFailure ? pb::EVENT_KIND_FAILURE : pb::EVENT_KIND_MAINTENANCE);
  result.set_code(event.code);
  *result.mutable_at() = rpc::ToProto(event.at);
  return result;
}

std::vector<Sensor> ReadSensors(const pb::PutAssetRequest& request) {
  std::vector<Sensor> sensors;
  for (const pb::Sensor& sensor : request.sensors()) sensors.push_back({sensor.name(), sensor.unit()});
  return sensors;
}

absl::StatusOr<AssetQuery> FromProto(const pb::ListAssetsRequest& request) {
  AssetQuery query;
  ASSIGN_OR_RETURN(query.size, rpc::PageSize(request.page_size(), 100, 1000));
  if (!request.asset_type().empty()) query.type = request.asset_type();
  if (request.page_token().empty()) return query;
  ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(request.page_token()));
  if (keys.size() != 1 || !keys[0].is_string()) return NotOurToken();
  query.after = keys[0].get<std::string>();
  return query;
}

absl::StatusOr<SampleBatch> FromProto(const pb::SampleBatch& batch) {
  SampleBatch result;
  ASSIGN_OR_RETURN(result.asset_id, ParseAssetId("batch.asset_id", batch.asset_id()));
  result.sensors.assign(batch.sensors().begin(), batch.sensors().end());
  result.event_us.reserve(static_cast<std::size_t>(batch.event_times_size()));
  for (int i = 0; i < batch.event_times_size(); ++i) {
    ASSIGN_OR_RETURN(const std::int64_t event_us, ParseEventTime(batch.event_times(i), static_cast<std::size_t>(i)));
    result.event_us.push_back(event_us);
  }
  result.values.assign(batch.values().begin(), batch.values().end());
  for (int i = 0; i < batch.qualities_size(); ++i) {
    if (!pb::Quality_IsValid(batch.qualities(i))) {
      return absl::InvalidArgumentError(
          absl::StrCat("batch.qualities[", i, "]: ", static_cast<int>(batch.qualities(i)), " is not a quality"));
    }
    result.qualities.push_back(static_cast<Quality>(batch.qualities(i)));
  }
  RETURN_IF_ERROR(CheckBatch(result));
  return result;
}

absl::StatusOr<SampleQuery> FromProto(const pb::QuerySamplesRequest& request) {
  SampleQuery query;
  query.sensors.assign(request.sensors().begin(), request.sensors().end());
  query.skips_unknown_sensors = request.asset_ids().empty();
  query.from_us = absl::ToUnixMicros(absl::FromUnixSeconds(-62135596800));
  query.to_us = absl::ToUnixMicros(absl::FromUnixSeconds(253402300800));
  if (request.has_from()) {
    ASSIGN_OR_RETURN(const absl::Time from, ReadTime("from", request.from()));
    query.from_us = absl::ToUnixMicros(absl::FromUnixMicros(0) + absl::Ceil(from - absl::UnixEpoch(), absl::Microseconds(1)));
  }
  if (request.has_to()) {
    ASSIGN_OR_RETURN(const absl::Time to, ReadTime("to", request.to()));
    query.to_us = absl::ToUnixMicros(absl::FromUnixMicros(0) + absl::Ceil(to - absl::UnixEpoch(), absl::Microseconds(1)));
  }
  if (query.from_us > query.to_us) return absl::InvalidArgumentError("to: lies before from");
  return query;
}

absl::StatusOr<std::vector<Event>> FromProto(const pb::RecordEventsRequest& request) {
  std::vector<Event> events;
  for (int i = 0; i < request.events_size(); ++i) {
    const pb::Event& item = request.events(i);
    const std::string field = absl::StrCat("events[", i, "]");
    Event event;
    event.id = item.event_id();
    ASSIGN_OR_RETURN(event.asset_id, ParseAssetId(absl::StrCat(field, ".asset_id"), item.asset_id()));
    if (item.kind() != pb::EVENT_KIND_FAILURE && item.kind() != pb::EVENT_KIND_MAINTENANCE) {
      return absl::InvalidArgumentError(
          absl::StrCat(field, ".kind: ", static_cast<int>(item.kind()), " is neither FAILURE nor MAINTENANCE"));
    }
    event.kind = item.kind() == pb::EVENT_KIND_FAILURE ? EventKind::kFailure : EventKind::kMaintenance;
    event.code = item.code();
    if (!item.has_at()) return absl::InvalidArgumentError(absl::StrCat(field, ".at: is missing"));
    ASSIGN_OR_RETURN(event.at, ReadTime(absl::StrCat(field, ".at"), item.at()));
    events.push_back(std::move(event));
  }
  RETURN_IF_ERROR(Normalise(events));
  return events;
}

absl::StatusOr<EventQuery> FromProto(const pb::ListEventsRequest& request) {
  EventQuery query;
  query.asset_ids.assign(request.asset_ids().begin(), request.asset_ids().end());
  ASSIGN_OR_RETURN(query.size, rpc::PageSize(request.page_size(), 1000, 10000));
  if (request.has_from()) {
    ASSIGN_OR_RETURN(query.from, ReadTime("from", request.from()));
  }
  if (request.has_to()) {
    ASSIGN_OR_RETURN(query.to, ReadTime("to", request.to()));
  }
  if (request.page_token().empty()) return query;
  ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(request.page_token()));
  if (keys.size() != 2 || !keys[0].is_number_integer() || !keys[1].is_string()) return NotOurToken();
  query.after = {absl::FromUnixMicros(keys[0].get<std::int64_t>()), keys[1].get<std::string>()};
  return query;
}

std::string PageToken(const Asset& last) { return rpc::EncodePageToken(nlohmann::json::array({last.id.value()})); }
std::string PageToken(const Event& last) {
  return rpc::EncodePageToken(nlohmann::json::array({absl::ToUnixMicros(last.at), last.id}));
}

}  // namespace millwright::telemetry
