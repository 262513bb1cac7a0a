#include "trainer-worker/tasks/checkpoint_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/base/files.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/log.h"
#include "trainer-worker/tasks/artifact.h"

namespace millwright::trainer {
namespace {

constexpr absl::Duration kSaveInterval = absl::Seconds(5);
constexpr std::size_t kMaxCheckpointBytes = std::size_t{2} << 30;
constexpr char kFolder[] = "checkpoints";

// The runs of the task's earlier attempts, the newest first.
absl::StatusOr<std::vector<std::string>> EarlierRuns(const std::string& run_id, TaskContext& context) {
  std::vector<std::string> runs;
  if (context.task.attempt() <= 1) return runs;
  tracker::v1::ListRunsRequest list;
  list.add_tags(absl::StrCat("millwright.task_id=", context.task.task_id()));
  tracker::v1::ListRunsResponse found;
  RETURN_IF_ERROR(context.platform.Call(&tracker::v1::TrackerService::Stub::ListRuns, context.platform.tracker(), list, &found));
  std::vector<tracker::v1::Run> sorted(found.runs().begin(), found.runs().end());
  std::sort(sorted.begin(), sorted.end(), [](const tracker::v1::Run& a, const tracker::v1::Run& b) {
    return std::pair(a.started_at().seconds(), a.started_at().nanos()) >
           std::pair(b.started_at().seconds(), b.started_at().nanos());
  });
  for (const tracker::v1::Run& run : sorted) {
    if (run.run_id() != run_id) runs.push_back(run.run_id());
  }
  return runs;
}

}  // namespace

absl::StatusOr<CheckpointStore> CheckpointStore::Open(const std::string& run_id, TaskContext& context) {
  CheckpointStore store(run_id, context);
  ASSIGN_OR_RETURN(const std::vector<std::string> runs, EarlierRuns(run_id, context));
  for (const std::string& earlier : runs) {
    tracker::v1::ListArtifactsRequest request;
    request.set_run_id(earlier);
    request.set_path(kFolder);
    tracker::v1::ListArtifactsResponse found;
    RETURN_IF_ERROR(
        context.platform.Call(&tracker::v1::ArtifactService::Stub::ListArtifacts, context.platform.artifacts(), request, &found));
    if (!found.artifacts().empty()) store.runs_.push_back(earlier);
    for (const tracker::v1::Artifact& artifact : found.artifacts())
      store.earlier_.try_emplace(artifact.path().substr(sizeof kFolder), artifact.blob().sha256());
  }
  return store;
}

learn::Checkpoints CheckpointStore::Of(const std::string& pass) {
  return {.save =
              [this, pass](std::string_view bytes) {
                return Save(pass, {bytes.data(), bytes.size()});
              },
          .load = [this, pass] { return Load(pass); }};
}

absl::Status CheckpointStore::Save(const std::string& pass, absl::string_view bytes) {
  const auto last = saved_at_.find(pass);
  if (last != saved_at_.end() && absl::Now() - last->second < kSaveInterval) return absl::OkStatus();
  RETURN_IF_ERROR(StoreArtifact(bytes, absl::StrCat(kFolder, "/", pass), run_id_, *context_).status());
  saved_at_[pass] = absl::Now();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> CheckpointStore::Load(const std::string& pass) {
  const auto found = earlier_.find(pass);
  if (found == earlier_.end()) return std::nullopt;
  const std::filesystem::path path = context_->folder / absl::StrCat("checkpoint.", found->second);
  RETURN_IF_ERROR(context_->platform.DownloadBlob(found->second, path));
  ASSIGN_OR_RETURN(std::string bytes, base::ReadFile(path, kMaxCheckpointBytes));
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  rpc::LogInfo("training continues from a checkpoint", {{"task_id", context_->task.task_id()}, {"pass", pass}});
  return std::optional(std::move(bytes));
}

absl::Status CheckpointStore::Discard() {
  if (!saved_at_.empty()) runs_.push_back(run_id_);
  for (const std::string& run_id : runs_) {
    tracker::v1::DeleteArtifactsRequest request;
    request.set_run_id(run_id);
    request.set_path(kFolder);
    tracker::v1::DeleteArtifactsResponse reply;
    const absl::Status deleted =
        context_->Write(&tracker::v1::ArtifactService::Stub::DeleteArtifacts, context_->platform.artifacts(), request, &reply);
    // A call that is tried again may find that its first try has done it.
    if (!absl::IsNotFound(deleted)) RETURN_IF_ERROR(deleted);
  }
  return absl::OkStatus();
}

}  // namespace millwright::trainer
