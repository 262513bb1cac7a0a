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

using Tags = std::map<std::string, std::string>;

/// Who changes something, and when: what every mutation carries into the store.
struct Stamp {
  std::string actor;
  absl::Time at;
};

/// A family of versions under one name, unique in its workspace.
struct RegisteredModel {
  std::string name;  // 1 to 256 characters, without '/' and ':'
  std::string description;
  Tags tags;
  std::map<std::string, int> aliases;  // to versions
  absl::Time created_at;
  absl::Time updated_at;
  int latest_version = 0;      // 0: none, as in the two below
  int production_version = 0;  // the deployment's primary, else the newest in Production
  int staging_version = 0;     // the newest there: several versions may be in Staging
};

/// One file of a model bundle; its bytes are a blob of the tracker.
struct BundleFile {
  std::string path;
  std::string sha256;
  std::uint64_t size = 0;
};

/// What a caller brings to make a version: a bundle of ours (content_hash and files), or the source that another client names.
struct NewVersion {
  std::string run_id;
  std::string content_hash;
  std::vector<BundleFile> files;
  nlohmann::json lineage = nlohmann::json::object();
  std::string description;
  std::string request_id;  // may be empty, as may all below
  std::string source;
  std::string storage_uri;  // what `source` stands for, when it is `models:/…`
  std::string run_link;
  std::string logged_model_id;
  Tags tags;
  std::string pin_owner;  // under which the tracker keeps the files' blobs; set by Registry
};

/// One immutable version of a model; only its stage and what people say of it (description, tags, aliases, card) ever change.
struct ModelVersion {
  std::string name;
  int version = 0;
  Stage stage = Stage::kNone;
  std::string run_id;
  std::string content_hash;
  std::vector<BundleFile> files;
  nlohmann::json lineage;
  std::optional<std::string> description;  // empty: never given, or taken away
  std::string created_by;
  absl::Time created_at;
  std::string source;
  std::string storage_uri;
  std::string run_link;
  std::string logged_model_id;
  std::string card_text;
  std::string pin_owner;
  absl::Time updated_at;
  Tags tags;
  std::vector<std::string> aliases;  // sorted
};

/// Whether serving can load the version: it has a bundle of ours.
bool IsServable(const ModelVersion& version);

/// What of a version people may edit; only what is set changes.
struct VersionEdit {
  std::optional<std::string> description;
  bool takes_description_away = false;  // instead
  std::optional<std::string> card_text;
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
absl::Status CheckTag(const std::string& key, const std::string& value);
/// Letters, digits, `_`, `-`; not "latest", nor like "v3": those would read as versions.
absl::Status CheckAlias(const std::string& alias);
absl::Status CheckText(absl::string_view field, absl::string_view value, std::size_t max_bytes);
absl::Status CheckNewVersion(const NewVersion& version);
absl::Status CheckEvaluation(const Evaluation& evaluation);

}  // namespace millwright::registry
