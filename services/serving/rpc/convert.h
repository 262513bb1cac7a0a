#pragma once

#include "millwright/gateway/v1/identity.pb.h"
#include "millwright/monitor/v1/monitor.pb.h"
#include "millwright/registry/v1/registry.pb.h"
#include "millwright/serving/v1/serving.pb.h"
#include "serving/domain/deployment.h"
#include "serving/domain/model_catalog.h"
#include "serving/domain/prediction_log.h"
#include "serving/domain/token_table.h"

namespace millwright::serving {

/// The primary arm is what answers; canary and shadow arms are not served yet.
Deployment FromProto(const registry::v1::Deployment& deployment);
/// Grants whose hash is not 32 bytes are left out.
TokenTable::Grants FromProto(const gateway::v1::TokenSnapshot& snapshot);
monitor::v1::Prediction ToProto(const LoggedPrediction& prediction);
v1::LoadedModel ToProto(const ModelKey& key, const CatalogEntry& entry);

}  // namespace millwright::serving
