#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace millwright::registry {

enum class Stage { kNone, kStaging, kProduction, kArchived };

/// "None", "Staging", "Production", "Archived".
std::string Name(Stage stage);
/// Empty for any other text.
std::optional<Stage> StageOf(absl::string_view name);

/// A family of versions under one name, unique in its workspace.
struct RegisteredModel {
  std::string name;  // 1 to 250 bytes, without '/' and ':'
  std::string description;
  absl::Time created_at;
  int latest_version = 0;  // 0: none, as in the two below
  int production_version = 0;
  int staging_version = 0;  // the newest there: several versions may be in Staging
};

/// One file of a model bundle; its bytes are a blob of the tracker.
struct BundleFile {
  std::string path;
  std::string sha256;
  std::uint64_t size = 0;
};

/// What a caller brings to make a version.
struct NewVersion {
  std::string run_id;
  std::string content_hash;
  std::vector<BundleFile> files;
  nlohmann::json lineage = nlohmann::json::object();
  std::string description;
  std::string request_id;  // may be empty
};

/// One immutable version of a model; only its stage ever changes.
struct ModelVersion {
  std::string name;
  int version = 0;
  Stage stage = Stage::kNone;
  std::string run_id;
  std::string content_hash;
  std::vector<BundleFile> files;
  nlohmann::json lineage;
  std::string description;
  std::string created_by;
  absl::Time created_at;
};

/// A version's metrics on one dataset version. Values may be NaN or infinite: gates refuse those.
struct Evaluation {
  std::string name;
  int version = 0;
  std::string dataset_version_id;
  std::map<std::string, double> metrics;
  std::string run_id;
  absl::Time at;
};

/// InvalidArgument names the field, the value and what would be right.
absl::Status CheckModelName(const std::string& name);
absl::Status CheckText(absl::string_view field, absl::string_view value, std::size_t max_bytes);
absl::Status CheckNewVersion(const NewVersion& version);
absl::Status CheckEvaluation(const Evaluation& evaluation);

}  // namespace millwright::registry
