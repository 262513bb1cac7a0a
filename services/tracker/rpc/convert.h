#pragma once

#include "absl/status/statusor.h"
#include "lib/auth/caller.h"
#include "lib/base/id.h"
#include "millwright/tracker/v1/tracker.pb.h"
#include "tracker/domain/artifact_store.h"
#include "tracker/domain/dataset_difference.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

namespace pb = millwright::tracker::v1;

/// The workspace that a call acts in; InvalidArgument for a service's call that names none.
absl::StatusOr<base::WorkspaceId> WorkspaceOf(const auth::Caller& caller);

pb::Experiment ToProto(const Experiment& experiment);
pb::Run ToProto(const Run& run);
pb::Metric ToProto(const Metric& metric);
pb::Metric ToProto(const std::string& key, const Point& point);
pb::MetricSeries ToProto(const Series& series);
pb::Blob ToProto(const Blob& blob);
pb::Artifact ToProto(const RunId& run, const Artifact& artifact);
pb::DatasetVersion ToProto(const DatasetVersion& version);
pb::Dataset ToProto(const Dataset& dataset);
pb::ColumnDifference ToProto(const ColumnDifference& difference);

absl::StatusOr<ExperimentQuery> FromProto(const pb::ListExperimentsRequest& request);
absl::StatusOr<NewRun> FromProto(const pb::CreateRunRequest& request);
absl::StatusOr<RunQuery> FromProto(const pb::ListRunsRequest& request);
NewExperiment FromProto(const pb::CreateExperimentRequest& request);
absl::StatusOr<RunChange> FromProto(const pb::UpdateRunRequest& request);
Batch FromProto(const pb::LogBatchRequest& request);
Batch FromProto(const pb::LogMetricsRequest& request);
absl::StatusOr<ChartQuery> FromProto(const pb::GetMetricChartsRequest& request);
std::vector<KeyValue> FromProto(const google::protobuf::RepeatedPtrField<pb::KeyValue>& items);
absl::StatusOr<LifecycleView> FromProto(pb::LifecycleView view);
/// FINISHED when it is not set.
absl::StatusOr<RunStatus> FromProto(pb::RunStatus status);
absl::StatusOr<HistoryQuery> FromProto(const pb::GetMetricHistoryRequest& request);
absl::StatusOr<NewDatasetVersion> FromProto(const pb::CreateDatasetVersionRequest& request);

/// The token of the page after a full page of history.
std::string HistoryToken(const Point& last);

/// Page sizes and tokens of lists that are newest first.
absl::StatusOr<Page> ReadPage(int page_size, const std::string& token);
std::string PageToken(std::optional<std::int64_t> next);

}  // namespace millwright::tracker
