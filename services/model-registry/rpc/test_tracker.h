#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "model-registry/domain/tracker.h"

namespace millwright::registry {

/// A tracker in memory, for tests of what the registry does with what a tracker says.
class TestTracker : public Tracker {
 public:
  absl::Status Pin(const base::WorkspaceId& workspace, const std::string& owner,
                   const std::vector<std::string>& sha256s) override {
    for (const std::string& sha256 : sha256s) {
      if (absent.contains(sha256))
        return absl::NotFoundError(absl::StrCat("blob ", sha256, " is not held by workspace ", workspace.value()));
    }
    pins[owner] = sha256s;
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<BundleFile>> PinFilesAt(const base::WorkspaceId&, const std::string& owner,
                                                     const std::string& location) override {
    const auto found = files.find(location);
    if (found == files.end()) return std::vector<BundleFile>{};
    for (const BundleFile& file : found->second) pins[owner].push_back(file.sha256);
    return found->second;
  }
  absl::Status Unpin(const base::WorkspaceId&, const std::string& owner) override {
    pins.erase(owner);
    return absl::OkStatus();
  }
  absl::StatusOr<RunFacts> GetRun(const base::WorkspaceId&, const std::string& run_id) override {
    return Find(runs, run_id, "run");
  }
  absl::StatusOr<LoggedModelFacts> GetLoggedModel(const base::WorkspaceId&, const std::string& model_id) override {
    return Find(logged_models, model_id, "logged model");
  }
  absl::Status NoteVersion(const base::WorkspaceId&, const std::string& model_id, const std::string& name, int version) override {
    noted.insert(absl::StrCat(model_id, " ", name, " ", version));
    return absl::OkStatus();
  }
  absl::Status ReadBlob(const base::WorkspaceId&, const std::string& sha256,
                        const std::function<absl::Status(absl::string_view)>& sink) override {
    const absl::StatusOr<std::string> bytes = Find(blobs, sha256, "blob");
    return bytes.ok() ? sink(*bytes) : bytes.status();
  }

  std::set<std::string> absent;                          // blobs that no workspace holds
  std::map<std::string, std::vector<BundleFile>> files;  // by location
  std::map<std::string, std::vector<std::string>> pins;
  std::map<std::string, RunFacts> runs;
  std::map<std::string, LoggedModelFacts> logged_models;
  std::map<std::string, std::string> blobs;
  std::set<std::string> noted;

 private:
  template <typename T>
  static absl::StatusOr<T> Find(const std::map<std::string, T>& known, const std::string& id, const char* what) {
    const auto found = known.find(id);
    if (found == known.end()) return absl::NotFoundError(absl::StrCat("there is no ", what, " ", id));
    return found->second;
  }
};

}  // namespace millwright::registry
