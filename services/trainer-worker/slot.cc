#include "trainer-worker/slot.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <exception>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/rpc/convert.h"
#include "lib/rpc/log.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {
namespace {

// A task's folder: its id, 32 hex digits, and its attempt.
bool IsTaskFolder(const std::filesystem::directory_entry& entry) {
  const std::string name = entry.path().filename();
  constexpr std::size_t kIdSize = 32;
  const std::size_t id_end = name.find_first_not_of("0123456789abcdef");
  std::error_code ignored;
  return id_end == kIdSize && name[id_end] == '-' && name.size() > kIdSize + 1 &&
         name.find_first_not_of("0123456789", kIdSize + 1) == std::string::npos &&
         std::filesystem::is_directory(entry.symlink_status(ignored));
}

// How long a worker asks for work at a time: short, as one that is told to stop waits for the answer.
constexpr int kAskSeconds = 1;
constexpr absl::Duration kAskTimeout = absl::Seconds(10);

absl::StatusOr<nlohmann::json> RunKind(const scheduler::v1::Task& task, TaskContext& context) {
  const auto kinds = TaskKinds();
  const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const TaskKind& k) { return task.kind() == k.name; });
  if (kind == kinds.end()) return absl::UnimplementedError(absl::StrCat("this worker does not know tasks of kind ", task.kind()));
  const absl::StatusOr<nlohmann::json> spec = rpc::ToJson(task.spec(), "with");
  if (!spec.ok()) return spec.status();
  try {
    return kind->run(*spec, context);
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("unexpected: ", error.what()));
  }
}

}  // namespace

void RemoveLeftovers(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const int lock = open((folder.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);  // never closed
  if (lock < 0) return;
  if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
    std::vector<std::filesystem::path> leftovers;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      if (IsTaskFolder(entry)) leftovers.push_back(entry.path());
    }
    for (const std::filesystem::path& leftover : leftovers) std::filesystem::remove_all(leftover, error);
  }
  flock(lock, LOCK_SH);
}

bool Slot::IsStopping() {
  absl::MutexLock lock(&mutex_);
  return is_stopping_;
}

void Slot::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    is_stopping_ = true;
    if (lease_ != nullptr) lease_->Interrupt();
  }
  if (thread_.joinable()) thread_.join();
}

void Slot::Loop() {
  scheduler::v1::LeaseTaskRequest request;
  request.set_worker(worker_);
  request.set_wait_seconds(kAskSeconds);
  for (const TaskKind& kind : TaskKinds()) request.add_kinds(kind.name);
  absl::Duration pause = absl::Milliseconds(100);
  while (!IsStopping()) {
    scheduler::v1::LeaseTaskResponse reply;
    const absl::Status status =
        platform_.CallOnce(&scheduler::v1::QueueService::Stub::LeaseTask, platform_.queue(), request, &reply, kAskTimeout);
    if (status.ok()) {
      pause = absl::Milliseconds(100);
      if (reply.has_task()) Run(reply.task());
      continue;
    }
    if (!Platform::IsPassing(status)) rpc::LogError("cannot lease", {{"error", std::string(status.message())}});
    absl::SleepFor(pause);
    pause = std::min(pause * 2, absl::Seconds(2));
  }
}

void Slot::Run(const scheduler::v1::Task& task) {
  const std::filesystem::path folder = folder_ / absl::StrCat(task.task_id(), "-", task.attempt());
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  const auto cleaner = absl::MakeCleanup([&folder] {
    std::error_code error;
    std::filesystem::remove_all(folder, error);
  });
  Lease lease(platform_, task);
  {
    absl::MutexLock lock(&mutex_);
    lease_ = &lease;
    if (is_stopping_) lease.Interrupt();
  }
  const auto forget = absl::MakeCleanup([this] {
    absl::MutexLock lock(&mutex_);
    lease_ = nullptr;
  });
  const nlohmann::json about{
      {"task_id", task.task_id()}, {"kind", task.kind()}, {"step", task.step_id()}, {"attempt", task.attempt()}};
  rpc::LogInfo("task started", about);
  TaskContext context{.platform = platform_, .lease = lease, .task = task, .folder = folder, .commands = commands_};
  const absl::StatusOr<nlohmann::json> outputs = RunKind(task, context);
  absl::Status reported;
  if (outputs.ok()) {
    reported = lease.Complete(*outputs);
    // Outputs that the queue refuses are refused in every attempt: the task ends with that reason, not by a lease that runs out.
    if (absl::IsInvalidArgument(reported)) lease.Fail(std::string(reported.message()), /*is_retryable=*/false).IgnoreError();
  } else if (lease.IsInterrupted() && Platform::IsPassing(outputs.status())) {
    reported = lease.Release();
  } else {
    reported = lease.Fail(std::string(outputs.status().message()), Platform::IsPassing(outputs.status()));
  }
  nlohmann::json result = about;
  result["error"] = std::string(outputs.ok() ? reported.message() : outputs.status().message());
  if (outputs.ok() && reported.ok()) {
    rpc::LogInfo("task finished", about);
  } else {
    rpc::LogWarning("task not finished", result);
  }
}

}  // namespace millwright::trainer
