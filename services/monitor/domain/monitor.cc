#include "monitor/domain/monitor.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::monitor {
namespace {

constexpr std::size_t kMaxBatch = 10000;
constexpr absl::Duration kDaysAhead = absl::Hours(3 * 24);

absl::Status At(std::size_t index, absl::string_view list, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(list, "[", index, "].", status.message()));
}

}  // namespace

absl::Status Monitor::Log(std::vector<Prediction> predictions) {
  if (predictions.size() > kMaxBatch) {
    return absl::InvalidArgumentError(
        absl::StrCat("predictions: ", predictions.size(), " in one call; at most ", kMaxBatch, " are allowed"));
  }
  const absl::Time now = clock_.Now();
  for (std::size_t i = 0; i < predictions.size(); ++i)
    RETURN_IF_ERROR(At(i, "predictions", CheckPrediction(predictions[i], now)));
  std::erase_if(predictions, [&](const Prediction& prediction) { return prediction.at < now - retention_; });
  if (predictions.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool is_rollback_wanted, store_.Log(predictions, now));
  if (is_rollback_wanted) wake_();
  return absl::OkStatus();
}

absl::StatusOr<LabelReceipt> Monitor::Label(const base::WorkspaceId& workspace, const std::vector<monitor::Label>& labels) {
  if (labels.empty() || labels.size() > kMaxBatch) {
    return absl::InvalidArgumentError(absl::StrCat("labels: ", labels.size(), " in one call; 1 to ", kMaxBatch, " are allowed"));
  }
  for (std::size_t i = 0; i < labels.size(); ++i) RETURN_IF_ERROR(At(i, "labels", CheckLabel(labels[i])));
  return store_.Label(workspace, labels, clock_.Now());
}

absl::StatusOr<Prediction> Monitor::Get(const base::WorkspaceId& workspace, const std::string& id) {
  RETURN_IF_ERROR(CheckPredictionId(id));
  return store_.Get(workspace, id);
}

absl::StatusOr<std::vector<VersionHealth>> Monitor::Health(const base::WorkspaceId& workspace, const std::string& model) {
  ASSIGN_OR_RETURN(std::vector<VersionHealth> versions, store_.Health(workspace, model));
  if (versions.empty()) return absl::NotFoundError(absl::StrCat("nothing is logged of a model \"", model, "\""));
  return versions;
}

absl::Status Monitor::KeepPartitions() {
  const absl::Time now = clock_.Now();
  RETURN_IF_ERROR(store_.MakePartitions(now - absl::Hours(24), now + kDaysAhead));
  return store_.DropBefore(now - retention_);
}

}  // namespace millwright::monitor
