#include <map>

#include "bench/learning/results/jobs.h"

namespace millwright::bench {

void Change(const Platform& platform, const Options& options, Results& results) {
  if (!options.Has("smd")) return;
  std::map<std::string, Figure> figures;
  const std::filesystem::path folder = options.data / "smd";
  const auto file = [&](const char* part) { return std::filesystem::directory_iterator(folder / part)->path().string(); };
  for (int seed = 1; seed <= options.seeds; ++seed) {
    const nlohmann::json run = platform.Run("amhs-change", {{"data", file("train")},
                                                            {"test", file("test")},
                                                            {"target", "c23"},
                                                            {"model", "change"},
                                                            {"tune", "false"},
                                                            {"release", "false"},
                                                            {"seed", std::to_string(seed)}});
    for (const auto& [name, value] : run.at("metrics").items()) {
      if (value.is_number()) figures[name].values.push_back(value);
    }
  }
  const std::string quick = "a 2-second XGBoost on a simpler set of features (the data sets' page)";
  results.Add("change ahead, AVG, R²", figures.at("r2"), {0.672, quick, 0.72, false}, "");
  results.Add("change ahead, MAX, R²", figures.at("max.r2"), {0.506, quick, {}, false}, "");
  results.Add("change ahead, MIN, R²", figures.at("min.r2"), {0.760, quick, {}, false}, "");
  results.Add("class of the AVG change, accuracy", figures.at("class.accuracy"), {0.685, quick, 0.73, false}, "");
}

}  // namespace millwright::bench
