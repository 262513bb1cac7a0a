#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/base/id.h"
#include "tracker/domain/dataset.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

/// What a caller says of a model that it measured.
struct NewTestLook {
  DatasetVersionId dataset_version_id;
  std::string split;
  std::string run_id;   // as the caller says it: the run may be deleted one day, and the look stays
  std::string subject;  // what was measured
  std::map<std::string, double> metrics;
  std::string pipeline_run_id;
  std::string request_id;  // empty: none
};

/// A look at rows that models are measured on.
struct TestLook {
  std::int64_t id = 0;
  std::string dataset;
  int dataset_version = 0;
  int number = 0;  // of the looks at that split of that dataset version, from 1
  NewTestLook facts;
  std::string actor;
  absl::Time at;
};

/// InvalidArgument names the field.
absl::Status Check(const NewTestLook& look);

/// Empty members ask nothing.
struct TestLookQuery {
  std::optional<DatasetVersionId> dataset_version_id;
  std::optional<std::string> run_id;
  Page page;
};

/// Keeps looks for ever. Thread-safe; a look has committed when it is answered.
class TestLookStore {
 public:
  virtual ~TestLookStore() = default;
  /// NotFound for an unknown dataset version. The same request id again answers with the look it made.
  virtual absl::StatusOr<TestLook> Record(const base::WorkspaceId& workspace, const NewTestLook& look,
                                          const std::string& actor) = 0;
  /// Newest first.
  virtual absl::StatusOr<PageOf<TestLook>> List(const base::WorkspaceId& workspace, const TestLookQuery& query) = 0;
};

}  // namespace millwright::tracker
