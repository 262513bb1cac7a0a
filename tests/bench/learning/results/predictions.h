#pragma once

#include <string>
#include <vector>

namespace millwright::bench {

/// What an evaluation left of each row, in order of time.
struct Predictions {
  std::vector<double> times;
  std::vector<double> truth;
  std::vector<double> values;
};

/// Of the first head, from the text of `evaluation/predictions.csv`.
Predictions ReadPredictions(const std::string& csv, const std::string& time_column);

}  // namespace millwright::bench
