#include <cstdio>
#include <map>

#include "bench/learning/results/jobs.h"

namespace millwright::bench {

void Turbofan(const Platform& platform, const Options& options, Results& results) {
  struct Sides {
    Beside uncut;
    Beside cut;
  };
  const std::map<std::string, Sides> sets = {
      {"FD001", {{12.61, "DCNN (Li, Ding and Sun 2018)", 12.4}, {10.61, "STAR transformer (2024)", 11.0}}},
      {"FD002", {{}, {13.47, "STAR transformer (2024)", 11.5}}},
      {"FD003", {{12.64, "DCNN (Li, Ding and Sun 2018)", 12.4}, {10.71, "STAR transformer (2024)", 10.7}}}};
  for (const auto& [set, beside] : sets) {
    if (!options.Has(set)) continue;
    Figure uncut;
    Figure cut;
    Figure phm;
    for (int seed = 1; seed <= options.seeds; ++seed) {
      const std::string folder = (options.data / "cmapss").string();
      const nlohmann::json run = platform.Run("turbofan-rul", {{"data", folder + "/train_" + set + ".txt"},
                                                               {"test", folder + "/test_" + set + ".txt"},
                                                               {"truth", folder + "/RUL_" + set + ".txt"},
                                                               {"model", "turbofan-" + set},
                                                               {"tune", "false"},
                                                               {"release", "false"},
                                                               {"seed", std::to_string(seed)}});
      uncut.values.push_back(run.at("metrics").at("rmse_uncut"));
      cut.values.push_back(run.at("metrics").at("rmse_cut"));
      phm.values.push_back(run.at("metrics").at("phm_score"));
    }
    if (beside.uncut.published) results.Add(set + " RMSE uncut", uncut, beside.uncut, "cycles");
    results.Add(set + " RMSE cut", cut, beside.cut, "cycles");
    std::fprintf(stderr, "  %s: RMSE uncut %.3f, cut %.3f, PHM08 score %.1f (sd %.1f)\n", set.c_str(), uncut.mean(), cut.mean(),
                 phm.mean(), phm.sd());
  }
}

}  // namespace millwright::bench
