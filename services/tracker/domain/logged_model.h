#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/base/id.h"
#include "tracker/domain/experiment.h"
#include "tracker/domain/metric.h"

namespace millwright::tracker {

using LoggedModelId = base::Id<struct LoggedModelTag>;  // "m-" and 32 lower-case hex digits
enum class LoggedModelStatus { kUnspecified, kPending, kReady, kUploadFailed };

/// A point that a run logged about a model; `metric.model` names the dataset, when there is one.
struct ModelMetric {
  Metric metric;
  std::string run_id;
};

/// A model that a run has logged: its artifacts lie below `artifact_location`, registered or not.
struct LoggedModel {
  LoggedModelId id;
  ExperimentId experiment_id;
  std::string name;
  std::string model_type;     // the client's word, may be empty
  std::string source_run_id;  // the same
  std::string artifact_location;
  LoggedModelStatus status = LoggedModelStatus::kPending;
  absl::Time created_at;
  absl::Time updated_at;
  bool is_deleted = false;
  std::vector<KeyValue> params;
  std::vector<KeyValue> tags;
  std::vector<ModelMetric> metrics;  // all of them: by key, time, step
};

/// "unspecified", "pending", "ready", "upload_failed".
const char* Name(LoggedModelStatus status);
LoggedModelStatus ParseLoggedModelStatus(absl::string_view name);  // of a name that Name gave

/// Whether the text has the form of a logged model's id.
bool IsLoggedModelId(absl::string_view text);
LoggedModelId NewLoggedModelId();

/// The URI of a path below another URI; a query stays at the end.
std::string PlaceBelow(absl::string_view uri, absl::string_view path);

/// InvalidArgument for an empty name, one over 500 bytes, or one with / : . % " '.
absl::Status CheckLoggedModelName(absl::string_view name);

/// Keys of 1 to 255 bytes, values of at most 100,000, at most 1000 of them; keeps the last value of a key, keys ascending.
absl::Status NormaliseModelTags(const char* field, std::vector<KeyValue>& items);

}  // namespace millwright::tracker
