#pragma once

#include "absl/status/statusor.h"
#include "millwright/monitor/v1/monitor.pb.h"
#include "monitor/domain/prediction_store.h"

namespace millwright::monitor {

namespace pb = millwright::monitor::v1;

absl::StatusOr<Prediction> FromProto(const pb::Prediction& prediction);
Label FromProto(const pb::Label& label);
pb::Prediction ToProto(const Prediction& prediction);  // without its workspace
pb::VersionHealth ToProto(const VersionHealth& health);

}  // namespace millwright::monitor
