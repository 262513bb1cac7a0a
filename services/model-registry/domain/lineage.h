#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "model-registry/domain/model.h"

namespace millwright::registry {

/// Where a question about lineage starts: exactly one of these is set (`name` with `version`).
struct LineagePoint {
  std::string dataset_version_id;
  std::string run_id;
  std::string logged_model_id;
  std::string name;
  int version = 0;
  std::string deployment;
};
absl::Status CheckPoint(const LineagePoint& point);

/// One way from data to what serves; what is not known or not yet there is empty.
struct LineageChain {
  std::string dataset_version_id;
  std::string dataset;
  std::string run_id;
  std::string logged_model_id;
  std::string name;
  int version = 0;  // 0: none was made of the run or dataset version
  Stage stage = Stage::kNone;
  std::string deployment;
  std::int64_t revision = 0;
};

/// The chains through a point.
class LineageStore {
 public:
  virtual ~LineageStore() = default;
  /// Newest version first, at most 1000. NotFound for a model, version or deployment that is not there.
  virtual absl::StatusOr<std::vector<LineageChain>> Find(const base::WorkspaceId& workspace, const LineagePoint& point) = 0;
};

}  // namespace millwright::registry
