#pragma once

#include "absl/status/statusor.h"
#include "lib/auth/caller.h"
#include "millwright/telemetry/v1/telemetry.pb.h"
#include "telemetry/domain/stores.h"

namespace millwright::telemetry {

namespace pb = millwright::telemetry::v1;

/// The workspace that a call acts in; InvalidArgument for a service's call that names none.
absl::StatusOr<base::WorkspaceId> WorkspaceOf(const auth::Caller& caller);

pb::Asset ToProto(const Asset& asset);
pb::SampleBatch ToProto(const SampleBatch& batch);
pb::Event ToProto(const Event& event);

std::vector<Sensor> ReadSensors(const pb::PutAssetRequest& request);
absl::StatusOr<AssetQuery> FromProto(const pb::ListAssetsRequest& request);
absl::StatusOr<SampleBatch> FromProto(const pb::SampleBatch& batch);
/// The query of each asset; `asset_id` is left for the caller to fill.
absl::StatusOr<SampleQuery> FromProto(const pb::QuerySamplesRequest& request);
absl::StatusOr<std::vector<Event>> FromProto(const pb::RecordEventsRequest& request);
absl::StatusOr<EventQuery> FromProto(const pb::ListEventsRequest& request);

/// The token of the page after one that ends with this.
std::string PageToken(const Asset& last);
std::string PageToken(const Event& last);

}  // namespace millwright::telemetry
