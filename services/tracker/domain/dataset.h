#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "lib/base/id.h"
#include "nlohmann/json.hpp"
#include "tracker/domain/artifact.h"

namespace millwright::tracker {

using DatasetVersionId = base::Id<struct DatasetVersionTag>;  // a number as text

/// What a caller says of a new version of a dataset.
struct NewDatasetVersion {
  std::string name;  // of the dataset, 1 to 200 bytes
  std::string sha256;
  std::string content_hash;
  std::int64_t row_count = 0;
  nlohmann::json schema;
  nlohmann::json statistics;
  nlohmann::json origin;
  nlohmann::json validation = nlohmann::json::object();
};

/// An immutable table with what is known of it.
struct DatasetVersion {
  DatasetVersionId id;
  int version = 0;  // from 1, dense within the dataset
  NewDatasetVersion facts;
  Blob blob;
  absl::Time created_at;
};

/// A dataset as a list shows it.
struct Dataset {
  std::string name;
  int version_count = 0;
  DatasetVersion latest;  // without statistics and validation
  absl::Time created_at;
};

absl::Status Check(const NewDatasetVersion& facts);
absl::StatusOr<DatasetVersionId> ParseDatasetVersionId(absl::string_view text, absl::string_view field = "dataset_version_id");

}  // namespace millwright::tracker
