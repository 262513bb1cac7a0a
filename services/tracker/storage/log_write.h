#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

/// A LogBatch on its way into the database.
struct LogCall {
  base::WorkspaceId workspace;
  RunId run;
  std::string points;  // PackBatch of the metrics
  int point_count = 0;
  std::vector<KeyValue> params;  // by key, as Normalise leaves them
  std::vector<KeyValue> tags;
  std::vector<Metric> of_models;  // the metrics that name a logged model
};

/// The run that a batch goes to.
struct LoggedRun {
  std::int64_t number = 0;
  std::int64_t experiment = 0;  // its row
  RunId id;
  base::WorkspaceId workspace;
};

/// Writes the metrics that name a logged model, in the transaction of their batch; an error undoes the batch.
using ModelMetricWriter = std::function<absl::Status(pg::Tx& tx, const LoggedRun& run, const std::vector<Metric>& metrics)>;

/// Writes the batches of several calls. `outcomes` gets a status for each: what cannot be written (no such run, a deleted one,
/// another value for a param) is left out and the rest goes on. A status other than OK means that nothing may be committed;
/// Aborted that the same calls may be tried again. Locks are taken in one order (runs, params, tags, names, each ascending), so
/// writers of the same runs wait for each other and never deadlock.
absl::Status WriteLogs(pg::Tx& tx, const std::vector<const LogCall*>& calls, const ModelMetricWriter& write_model_metrics,
                       std::vector<absl::Status>& outcomes);

/// Whether all calls log metrics alone, which WriteMetrics does in one statement.
bool AreOnlyMetrics(const std::vector<const LogCall*>& calls);

/// WriteLogs for such calls, as a transaction of its own.
absl::Status WriteMetrics(pg::Database& db, const std::vector<const LogCall*>& calls, std::vector<absl::Status>& outcomes);

}  // namespace millwright::tracker
