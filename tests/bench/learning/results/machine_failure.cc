#include "bench/learning/results/jobs.h"

namespace millwright::bench {

void MachineFailure(const Platform& platform, const Options& options, Results& results) {
  if (!options.Has("ai4i")) return;
  constexpr int kFolds = 5;
  Figure f1;
  for (int repeat = 1; repeat <= options.seeds; ++repeat) {
    Figure folds;
    for (int fold = 0; fold < kFolds; ++fold) {
      const nlohmann::json run = platform.Run("machine-failure", {{"data", (options.data / "ai4i2020/ai4i2020.csv").string()},
                                                                  {"model", "machine-failure"},
                                                                  {"tune", "true"},
                                                                  {"release", "false"},
                                                                  {"folds", std::to_string(kFolds)},
                                                                  {"fold", std::to_string(fold)},
                                                                  {"seed", std::to_string(repeat)}});
      folds.values.push_back(run.at("metrics").at("f1"));
    }
    f1.values.push_back(folds.mean());
  }
  results.Add("AI4I failure F1, 5 folds a seed", f1,
              {0.834, "XGBoost with three derived columns (the data sets' page)", 0.87, false}, "");
}

}  // namespace millwright::bench
