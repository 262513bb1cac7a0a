#pragma once

#include <vector>

#include "absl/status/status.h"
#include "lib/pg/database.h"
#include "tracker/storage/log_write.h"

namespace millwright::tracker {

/// Writes points that name a logged model beside the model, as ModelMetricWriter wants it. The first value of a point (key, time,
/// step, run) stays, so a retry is safe. NotFound for a model that the workspace does not have.
absl::Status WriteModelMetrics(pg::Tx& tx, const LoggedRun& run, const std::vector<Metric>& metrics);

}  // namespace millwright::tracker
