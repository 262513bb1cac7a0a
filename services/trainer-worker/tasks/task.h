#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "trainer-worker/lease.h"
#include "trainer-worker/platform.h"

namespace millwright::trainer {

/// Whether and how this worker runs people's own programs (tasks of the kind `command`).
struct CommandPolicy {
  bool is_allowed = false;
  std::string tracking_uri;  // what the programs get as MLFLOW_TRACKING_URI
  std::string token;         // and as MLFLOW_TRACKING_TOKEN
  int max_seconds = 24 * 3600;
  int max_memory_mb = 4096;
};

/// What a running task has at hand.
struct TaskContext {
  Platform& platform;
  Lease& lease;
  const scheduler::v1::Task& task;
  std::filesystem::path folder;  // empty at the start, removed after the task
  const CommandPolicy& commands;

  /// A request id that is the same for every attempt of this task, so that doing it again finds what was done.
  std::string RequestId(const std::string& what) const { return task.task_id() + ":" + what; }

  /// A unary call that writes: refused once the lease is lost.
  template <typename Stub, typename Request, typename Reply>
  absl::Status Write(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*), Stub& stub,
                     const Request& request, Reply* reply) {
    if (const absl::Status held = lease.EnsureHeld(); !held.ok()) return held;
    return platform.Call(method, stub, request, reply);
  }
};

/// One kind of work: takes the step's `with`, answers with its outputs.
struct TaskKind {
  const char* name;
  absl::StatusOr<nlohmann::json> (*run)(const nlohmann::json& spec, TaskContext& context);
};

/// Every kind there is.
std::span<const TaskKind> TaskKinds();

absl::StatusOr<nlohmann::json> SimulatePlant(const nlohmann::json& spec, TaskContext& context);
absl::StatusOr<nlohmann::json> ImportCsv(const nlohmann::json& spec, TaskContext& context);
absl::StatusOr<nlohmann::json> BuildDataset(const nlohmann::json& spec, TaskContext& context);
absl::StatusOr<nlohmann::json> Train(const nlohmann::json& spec, TaskContext& context);
absl::StatusOr<nlohmann::json> Command(const nlohmann::json& spec, TaskContext& context);
absl::StatusOr<nlohmann::json> Evaluate(const nlohmann::json& spec, TaskContext& context);
absl::StatusOr<nlohmann::json> Register(const nlohmann::json& spec, TaskContext& context);
absl::StatusOr<nlohmann::json> Promote(const nlohmann::json& spec, TaskContext& context);
absl::StatusOr<nlohmann::json> Reproduce(const nlohmann::json& spec, TaskContext& context);
absl::StatusOr<nlohmann::json> AwaitServing(const nlohmann::json& spec, TaskContext& context);

}  // namespace millwright::trainer
