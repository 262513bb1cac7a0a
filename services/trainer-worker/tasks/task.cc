#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

std::span<const TaskKind> TaskKinds() {
  static constexpr TaskKind kKinds[] = {
      {"simulate_plant", &SimulatePlant},
      {"import_csv", &ImportCsv},
      {"build_dataset", &BuildDataset},
      {"train", &Train},
      {"command", &Command},
      {"evaluate", &Evaluate},
      {"register", &Register},
      {"promote", &Promote},
      {"reproduce", &Reproduce},
      {"await_serving", &AwaitServing},
  };
  return kKinds;
}

}  // namespace millwright::trainer
