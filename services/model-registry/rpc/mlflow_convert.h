#pragma once

#include <vector>

#include "millwright/mlflow/v1/registry.pb.h"
#include "model-registry/domain/model.h"

namespace millwright::registry {

namespace mlflow_pb = millwright::mlflow::v1;

mlflow_pb::ModelVersion ToMlflow(const ModelVersion& version);
/// `latest`: of each stage the newest version, which MLflow shows without their aliases.
mlflow_pb::RegisteredModel ToMlflow(const RegisteredModel& model, const std::vector<ModelVersion>& latest);

/// Of one key the last counts.
template <typename Repeated>
Tags TagsOf(const Repeated& tags) {
  Tags result;
  for (const auto& tag : tags) result[tag.key()] = tag.value();
  return result;
}

}  // namespace millwright::registry
