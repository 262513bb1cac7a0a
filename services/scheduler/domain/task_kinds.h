#pragma once

#include <string>
#include <vector>

namespace millwright::scheduler {

/// A kind of task that workers do, and the keys its `with` must have. Workers check the rest.
struct TaskKind {
  const char* name;
  std::vector<const char*> required;
};

/// Every kind there is; a new pipeline step starts with a line here.
inline const std::vector<TaskKind>& TaskKinds() {
  static const auto* kinds = new std::vector<TaskKind>{
      {"simulate_plant", {}},
      {"import_csv", {"file", "dataset"}},
      {"build_dataset", {"dataset"}},
      {"train", {"dataset_version_id", "spec"}},
      {"command", {"argv"}},
      {"evaluate", {"run_id", "files", "dataset_version_id"}},
      {"register", {"model", "run_id", "files", "content_hash"}},
      {"promote", {"model", "version", "stage"}},
      {"reproduce", {"model", "version"}},
      {"await_serving", {"model", "version"}},
  };
  return *kinds;
}

}  // namespace millwright::scheduler
