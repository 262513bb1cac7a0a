#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/id.h"
#include "model-registry/domain/model.h"

namespace millwright::registry {

/// A run as far as the registry needs it.
struct RunFacts {
  std::string artifact_uri;
  std::map<std::string, std::string> params;
  std::map<std::string, double> metrics;  // the latest of each key
  std::map<std::string, std::string> tags;
};

/// A logged model as far as the registry needs it.
struct LoggedModelFacts {
  std::string artifact_uri;
  std::string source_run_id;
  std::map<std::string, std::string> params;
  std::map<std::string, double> metrics;
};

/// The tracker, as the registry sees it in one workspace. Unavailable while it is away.
class Tracker {
 public:
  virtual ~Tracker() = default;
  /// Keeps these blobs for `owner`, whatever becomes of the artifacts that point at them. NotFound when the workspace does not
  /// hold one of them.
  virtual absl::Status Pin(const base::WorkspaceId& workspace, const std::string& owner,
                           const std::vector<std::string>& sha256s) = 0;
  /// The same for the files at a place such as "runs:/<run>/model" or "models:/m-<id>"; none when nothing is there.
  virtual absl::StatusOr<std::vector<BundleFile>> PinFilesAt(const base::WorkspaceId& workspace, const std::string& owner,
                                                             const std::string& location) = 0;
  virtual absl::Status Unpin(const base::WorkspaceId& workspace, const std::string& owner) = 0;
  virtual absl::StatusOr<RunFacts> GetRun(const base::WorkspaceId& workspace, const std::string& run_id) = 0;
  virtual absl::StatusOr<LoggedModelFacts> GetLoggedModel(const base::WorkspaceId& workspace, const std::string& model_id) = 0;
  /// Notes on the logged model which version was made of it.
  virtual absl::Status NoteVersion(const base::WorkspaceId& workspace, const std::string& model_id, const std::string& name,
                                   int version) = 0;
  /// Hands the blob's bytes to `sink` in order; ends with the sink's error if it has one.
  virtual absl::Status ReadBlob(const base::WorkspaceId& workspace, const std::string& sha256,
                                const std::function<absl::Status(absl::string_view)>& sink) = 0;
};

}  // namespace millwright::registry
