#include <cmath>
#include <limits>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/convert.h"
#include "trainer-worker/tasks/dataset.h"
#include "trainer-worker/tasks/joins.h"
#include "trainer-worker/tasks/spec.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

struct Selection {
  std::vector<std::string> asset_ids;
  std::string asset_type;
  double from = 0;
  double to = 0;
};

absl::StatusOr<std::vector<telemetry::v1::Asset>> FindAssets(const Selection& selection, TaskContext& context) {
  std::vector<telemetry::v1::Asset> found;
  for (const std::string& asset_id : selection.asset_ids) {
    telemetry::v1::GetAssetRequest request;
    request.set_asset_id(asset_id);
    RETURN_IF_ERROR(context.platform.Call(&telemetry::v1::TelemetryService::Stub::GetAsset, context.platform.telemetry(), request,
                                          &found.emplace_back()));
  }
  if (!selection.asset_ids.empty()) return found;
  telemetry::v1::ListAssetsRequest request;
  request.set_page_size(1000);
  request.set_asset_type(selection.asset_type);
  telemetry::v1::ListAssetsResponse reply;
  do {
    RETURN_IF_ERROR(
        context.platform.Call(&telemetry::v1::TelemetryService::Stub::ListAssets, context.platform.telemetry(), request, &reply));
    found.insert(found.end(), reply.assets().begin(), reply.assets().end());
    request.set_page_token(reply.next_page_token());
  } while (!reply.next_page_token().empty());
  if (found.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("telemetry has no asset of type \"", selection.asset_type, "\""));
  }
  return found;
}

// Leaves an end that the selection does not name open. For every request with `from` and `to`.
template <typename Request>
void SetRange(const Selection& selection, Request* request) {
  if (selection.from != 0) *request->mutable_from() = rpc::ToProto(absl::UnixEpoch() + absl::Seconds(selection.from));
  if (selection.to != 0) *request->mutable_to() = rpc::ToProto(absl::UnixEpoch() + absl::Seconds(selection.to));
}

// The columns of the table that grows: asset, time, then a sensor each in order of first appearance.
struct WideTable {
  learn::Column asset{.spec = {.name = "asset", .role = learn::ColumnRole::kAsset, .type = learn::ColumnType::kText}};
  learn::Column time{.spec = {.name = "time", .role = learn::ColumnRole::kTime, .unit = "s"}};
  std::vector<learn::Column> sensors;
  std::map<std::string, std::size_t> sensor_index;

  std::size_t Sensor(const std::string& name, const std::string& unit) {
    const auto [it, is_new] = sensor_index.emplace(name, sensors.size());
    if (is_new) {
      sensors.push_back({.spec = {.name = name, .unit = unit}});
      sensors.back().numbers.assign(time.numbers.size(), kMissing);
    }
    return it->second;
  }

  void Append(const telemetry::v1::SampleBatch& batch) {
    std::vector<std::size_t> columns;
    for (const std::string& name : batch.sensors()) columns.push_back(Sensor(name, ""));
    for (int row = 0; row < batch.event_times_size(); ++row) {
      asset.texts.push_back(batch.asset_id());
      time.numbers.push_back(batch.event_times(row));
      for (learn::Column& sensor : sensors) sensor.numbers.push_back(kMissing);
      for (int i = 0; i < batch.sensors_size(); ++i) {
        const int at = row * batch.sensors_size() + i;
        const bool is_bad = at < batch.qualities_size() && batch.qualities(at) == telemetry::v1::QUALITY_BAD;
        if (!is_bad) sensors[columns[i]].numbers.back() = batch.values(at);
      }
    }
  }
};

// The platform's events of a kind up to the selection's end: what came before its begin is known at its first row.
absl::StatusOr<learn::Table> FindEvents(const Selection& selection, const std::vector<telemetry::v1::Asset>& assets,
                                        const std::string& kind, TaskContext& context) {
  if (kind != "failure" && kind != "maintenance")
    return absl::InvalidArgumentError(absl::StrCat("there are no events of \"", kind, "\"; there are failure and maintenance"));
  const telemetry::v1::EventKind wanted =
      kind == "failure" ? telemetry::v1::EVENT_KIND_FAILURE : telemetry::v1::EVENT_KIND_MAINTENANCE;
  telemetry::v1::ListEventsRequest request;
  for (const telemetry::v1::Asset& asset : assets) request.add_asset_ids(asset.asset_id());
  SetRange({.asset_ids = {}, .asset_type = "", .from = 0, .to = selection.to}, &request);
  request.set_page_size(10000);
  learn::Column asset{.spec = {.name = "asset", .role = learn::ColumnRole::kAsset, .type = learn::ColumnType::kText}};
  learn::Column time{.spec = {.name = "time", .role = learn::ColumnRole::kTime, .unit = "s"}};
  learn::Column code{.spec = {.name = "code", .role = learn::ColumnRole::kSegment, .type = learn::ColumnType::kText}};
  telemetry::v1::ListEventsResponse reply;
  do {
    RETURN_IF_ERROR(
        context.platform.Call(&telemetry::v1::TelemetryService::Stub::ListEvents, context.platform.telemetry(), request, &reply));
    for (const telemetry::v1::Event& event : reply.events()) {
      if (event.kind() != wanted) continue;
      asset.texts.push_back(event.asset_id());
      time.numbers.push_back(absl::ToDoubleSeconds(rpc::FromProto(event.at()) - absl::UnixEpoch()));
      code.texts.push_back(event.code());
    }
    request.set_page_token(reply.next_page_token());
  } while (!reply.next_page_token().empty());
  learn::Table events;
  RETURN_IF_ERROR(events.AddColumn(std::move(asset)));
  RETURN_IF_ERROR(events.AddColumn(std::move(time)));
  RETURN_IF_ERROR(events.AddColumn(std::move(code)));
  return events;
}

}  // namespace

absl::StatusOr<nlohmann::json> BuildDataset(const nlohmann::json& spec_json, TaskContext& context) {
  SpecReader spec(spec_json);
  constexpr double kEndOfTime = 253402300799;  // the year 9999
  Selection selection{.asset_ids = spec.Texts("asset_ids"),
                      .asset_type = spec.Text("asset_type", ""),
                      .from = spec.Number("from", 0, 0, kEndOfTime),
                      .to = spec.Number("to", 0, 0, kEndOfTime)};
  NewDataset dataset{.name = spec.Text("dataset"), .origin = {{"kind", "telemetry"}, {"query", spec_json}}};
  nlohmann::json events = spec.Parsed("events");
  const nlohmann::json statics = spec.Parsed("static");
  dataset.validation = spec.Parsed("validation");
  RETURN_IF_ERROR(spec.Finish());
  if (events.is_object() && events.contains("failure")) {  // {failure: COLUMN}: the label of failures alone
    SpecReader event_spec(events, "with.events");
    const std::string column = event_spec.Text("failure", "");
    RETURN_IF_ERROR(event_spec.Finish());
    events = column.empty() ? nlohmann::json()
                            : nlohmann::json{{"of", "failure"}, {"name", "failure"}, {"age", false}, {"label", column}};
  }

  ASSIGN_OR_RETURN(const std::vector<telemetry::v1::Asset> assets, FindAssets(selection, context));
  WideTable wide;
  for (const telemetry::v1::Asset& asset : assets) {
    for (const telemetry::v1::Sensor& sensor : asset.sensors()) wide.Sensor(sensor.name(), sensor.unit());
  }
  std::int64_t done = 0;
  for (const telemetry::v1::Asset& asset : assets) {
    context.lease.SetProgress(done++, static_cast<std::int64_t>(assets.size()), "assets", asset.asset_id());
    telemetry::v1::QuerySamplesRequest request;
    request.add_asset_ids(asset.asset_id());
    SetRange(selection, &request);
    ASSIGN_OR_RETURN(const std::vector<telemetry::v1::SampleBatch> batches, context.platform.QuerySamples(request));
    for (const telemetry::v1::SampleBatch& batch : batches) wide.Append(batch);
    RETURN_IF_ERROR(context.lease.EnsureHeld());
  }
  if (wide.time.numbers.empty()) return absl::FailedPreconditionError("telemetry has no samples for these assets and times");

  learn::Table& table = dataset.table;
  RETURN_IF_ERROR(table.AddColumn(std::move(wide.asset)));
  RETURN_IF_ERROR(table.AddColumn(std::move(wide.time)));
  for (learn::Column& sensor : wide.sensors) RETURN_IF_ERROR(table.AddColumn(std::move(sensor)));
  const EventSource source = [&](const std::string& kind) { return FindEvents(selection, assets, kind, context); };
  ASSIGN_OR_RETURN(dataset.warnings, JoinTables(table, events, statics, source, context));
  return StoreDataset(dataset, context);
}

}  // namespace millwright::trainer
