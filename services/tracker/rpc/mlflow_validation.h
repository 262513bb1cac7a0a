#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tracker/domain/experiment.h"
#include "tracker/domain/metric.h"
#include "tracker/domain/run.h"

namespace millwright::tracker {

// What MLflow's server refuses beyond our own rules, in its words: InvalidArgument unless said otherwise. Lengths are in characters.

/// The number behind a text that Python's int() reads ("7", " 07 "); -1 for one that no experiment can have.
absl::StatusOr<ExperimentId> ReadExperimentId(const std::string& text);
/// A run's id, or NotFound in MLflow's words for what cannot be one.
absl::StatusOr<RunId> ReadRunId(const std::string& text);
/// Whether the text could be the id of a run in any MLflow server: 1 to 256 word characters and dashes.
absl::Status CheckRunIdForm(const std::string& run_id);

absl::Status CheckMlflowExperimentName(const std::string& name);
/// Where an experiment's artifacts go: no fragment or parameters, no ".." in the query, no scheme that names another host, at
/// most 2048. A path becomes an absolute one; it is never opened here.
absl::StatusOr<std::string> ReadArtifactLocation(const std::string& location);
absl::Status CheckExperimentTag(const KeyValue& tag);
/// Where a value stands in its request: "metrics[3]", or alone.
struct Place {
  const char* list = nullptr;
  std::size_t index = 0;
};
absl::Status CheckMetric(const Place& place, const Metric& metric);
/// These cut values that are too long.
absl::Status CheckParam(const Place& place, KeyValue& param);
absl::Status CheckTag(const Place& place, KeyValue& tag);
/// What one log-batch may hold.
absl::Status CheckBatchLimits(std::size_t metrics, std::size_t params, std::size_t tags);
absl::Status CheckParamKeysDiffer(const std::vector<KeyValue>& params);
/// AlreadyExists, without words of MLflow's, when two have one key.
absl::Status CheckKeysDiffer(const char* field, const std::vector<KeyValue>& items);

}  // namespace millwright::tracker
