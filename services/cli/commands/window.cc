#include "cli/commands/window.h"

#include <cmath>
#include <cstdio>
#include <deque>

#include "absl/strings/str_cat.h"
#include "cli/door.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/client.h"
#include "lib/rpc/convert.h"
#include "millwright/telemetry/v1/telemetry.grpc.pb.h"
#include "nlohmann/json.hpp"

namespace millwright::cli {
namespace {

using nlohmann::ordered_json;

// The newest rows between two instants, oldest first.
absl::StatusOr<std::deque<ordered_json>> ReadRows(const Door& door, const std::string& asset, absl::Time from, absl::Time to,
                                                  int rows) {
  const auto stub = telemetry::v1::TelemetryService::NewStub(door.channel());
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Seconds(60));
  telemetry::v1::QuerySamplesRequest request;
  request.add_asset_ids(asset);
  *request.mutable_from() = rpc::ToProto(from);
  *request.mutable_to() = rpc::ToProto(to);
  const auto reader = stub->QuerySamples(&context, request);
  std::deque<ordered_json> newest;
  telemetry::v1::SampleBatch batch;
  while (reader->Read(&batch)) {
    const int width = batch.sensors_size();
    if (batch.values_size() != width * batch.event_times_size())
      return absl::InternalError("telemetry sent a batch of the wrong shape");
    for (int row = 0; row < batch.event_times_size(); ++row) {
      ordered_json values;
      values["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", absl::UnixEpoch() + absl::Seconds(batch.event_times(row)),
                                        absl::UTCTimeZone());
      for (int column = 0; column < width; ++column) {
        const double value = batch.values(row * width + column);
        values[batch.sensors(column)] = std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
      }
      newest.push_back(std::move(values));
      if (newest.size() > static_cast<std::size_t>(rows)) newest.pop_front();
    }
  }
  RETURN_IF_ERROR(door.Explain(reader->Finish()));
  return newest;
}

absl::StatusOr<ordered_json> ReadWindow(const WindowOptions& options, const Session& session) {
  ASSIGN_OR_RETURN(const Home home, Home::Find(session.home));
  ASSIGN_OR_RETURN(const Door door, Door::Open(home, session.address, session.token));
  const auto stub = telemetry::v1::TelemetryService::NewStub(door.channel());
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Seconds(30));
  telemetry::v1::GetAssetRequest request;
  request.set_asset_id(options.asset);
  telemetry::v1::Asset asset;
  RETURN_IF_ERROR(door.Explain(stub->GetAsset(&context, request, &asset)));
  if (!asset.has_last_sample_at())
    return absl::FailedPreconditionError(absl::StrCat("asset \"", options.asset, "\" has no samples yet"));
  // How often it is sampled is not known, so the look back grows until there are rows enough or no more come.
  const absl::Time end = rpc::FromProto(asset.last_sample_at()) + absl::Microseconds(1);
  std::deque<ordered_json> rows;
  for (absl::Duration back = absl::Minutes(10); back < absl::Hours(24 * 366); back *= 8) {
    ASSIGN_OR_RETURN(rows, ReadRows(door, options.asset, end - back, end, options.rows));
    if (rows.size() >= static_cast<std::size_t>(options.rows)) break;
  }
  if (rows.size() < static_cast<std::size_t>(options.rows)) {
    return absl::FailedPreconditionError(
        absl::StrCat("asset \"", options.asset, "\" has ", rows.size(), " rows, not ", options.rows));
  }
  return ordered_json{{"asset_id", options.asset}, {"rows", std::move(rows)}};
}

}  // namespace

int AssetWindow(const WindowOptions& options, const Session& session) {
  const absl::StatusOr<ordered_json> window = ReadWindow(options, session);
  if (!window.ok()) return Report(window.status());
  std::printf("%s\n", window->dump().c_str());
  return kOk;
}

}  // namespace millwright::cli
