#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "millwright/mlflow/v1/tracking.pb.h"
#include "tracker/domain/logged_model.h"
#include "tracker/domain/run_links.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

namespace mlpb = millwright::mlflow::v1;

mlpb::Experiment ToMlflow(const Experiment& experiment);
mlpb::RunInfo InfoToMlflow(const Run& run);
/// Info and data; inputs and outputs are set by LinksToMlflow.
mlpb::Run ToMlflow(const Run& run);
void InputsToMlflow(const RunLinks& links, mlpb::RunInputs* inputs);
void OutputsToMlflow(const RunLinks& links, mlpb::RunOutputs* outputs);
mlpb::Metric ToMlflow(const std::string& key, const Point& point);
mlpb::LoggedModel ToMlflow(const LoggedModel& model);

/// MLflow keeps no infinities: it answers with the largest double instead.
double FiniteOrNan(double value);

/// InvalidArgument when only one of a dataset's name and digest is given.
absl::StatusOr<Metric> FromMlflow(const mlpb::Metric& metric);
DatasetInput FromMlflow(const mlpb::DatasetInput& input);
RunStatus FromMlflow(mlpb::RunStatus status);  // not of RUN_STATUS_UNSPECIFIED

template <typename Items>
std::vector<KeyValue> KeyValuesFrom(const Items& items) {
  std::vector<KeyValue> result;
  result.reserve(static_cast<std::size_t>(items.size()));
  for (const auto& item : items) result.push_back({item.key(), item.value()});
  return result;
}

/// A status of an experiment's or a run's operation, in MLflow's words and codes.
absl::Status InMlflowWords(const absl::Status& status, const ExperimentId& id);
absl::Status InMlflowWords(const absl::Status& status, const RunId& id);

}  // namespace millwright::tracker
