#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tracker/domain/run.h"

namespace millwright::tracker {

/// A dataset as a training script describes it; within an experiment its name and digest identify it.
struct InputDataset {
  std::string name;
  std::string digest;
  std::string source_type;
  std::string source;
  std::optional<std::string> schema;
  std::optional<std::string> profile;
};

/// A dataset that a run read, with what the run says of that use ("mlflow.data.context": "train").
struct DatasetInput {
  InputDataset dataset;
  std::vector<KeyValue> tags;
};

/// A logged model that a run wrote.
struct ModelOutput {
  std::string model_id;
  std::int64_t step = 0;
};

/// What a run read and wrote.
struct RunLinks {
  std::vector<DatasetInput> datasets;
  std::vector<std::string> model_inputs;
  std::vector<ModelOutput> model_outputs;
};

/// One line of an experiment's list of datasets: each context in which runs used one.
struct DatasetSummary {
  ExperimentId experiment_id;
  std::string name;
  std::string digest;
  std::optional<std::string> context;
};

/// Lengths in characters: name 500, digest 36, source 65535, schema 1048575, profile 16777215, tag key 255, tag value 500;
/// at most 1000 datasets. InvalidArgument names the field. Keeps the first of two inputs that name one dataset.
absl::Status NormaliseDatasets(std::vector<DatasetInput>& inputs);

/// InvalidArgument unless at most 250 bytes each and at most 1000: the client's word, which need not name a model of ours.
absl::Status CheckModelIds(const std::vector<std::string>& ids);

/// May run more than once, so it must have no effect of its own. Its error ends the edit.
using TagEdit = std::function<absl::StatusOr<std::string>(const std::string& value)>;

/// Keeps what runs read and wrote. Thread-safe; a write has committed when it returns. A run that is unknown is NotFound; on a
/// deleted one writes are InvalidArgument.
class RunLinkStore {
 public:
  virtual ~RunLinkStore() = default;
  /// A dataset keeps its first description, and a run's use of it its first tags.
  virtual absl::Status LogInputs(const base::WorkspaceId& workspace, const RunId& run, const std::vector<DatasetInput>& datasets,
                                 const std::vector<std::string>& models) = 0;
  /// The first step of a model stays. AlreadyExists, and nothing is written, when a model is an output already and may not.
  virtual absl::Status LogOutputs(const base::WorkspaceId& workspace, const RunId& run, const std::vector<ModelOutput>& models,
                                  bool may_be_there) = 0;
  /// Makes a tag's next value of the one it has ("" for none); of many editors of a run's tags each sees what the one before
  /// wrote.
  virtual absl::Status EditTag(const base::WorkspaceId& workspace, const RunId& run, const std::string& key,
                               const TagEdit& edit) = 0;
  /// One entry a run, in the order of `runs`; empty for a run that the workspace does not have.
  virtual absl::StatusOr<std::vector<RunLinks>> Get(const base::WorkspaceId& workspace, const std::vector<RunId>& runs) = 0;
  /// NotFound for an unknown run.
  virtual absl::StatusOr<RunLinks> GetOne(const base::WorkspaceId& workspace, const RunId& run) = 0;
  /// At most `limit`, by experiment, name, digest, context.
  virtual absl::StatusOr<std::vector<DatasetSummary>> ListDatasets(const base::WorkspaceId& workspace,
                                                                   const std::vector<ExperimentId>& experiments, int limit) = 0;
};

}  // namespace millwright::tracker
