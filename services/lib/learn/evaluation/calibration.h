#pragma once

#include <cstddef>
#include <span>

#include "lib/learn/evaluation/head_rows.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// {"bins": [{"low","high","n","predicted","observed"}], "expected_calibration_error", "brier"}: probabilities in ten bins of
/// equal width, and the mean distance of predicted and observed share weighted by n (Naeini, Cooper, Hauskrecht, AAAI 2015). Of
/// several classes the probability is the likeliest class's and what is observed is how often it is right (Guo et al., ICML
/// 2017). Null for a head without probabilities.
nlohmann::json CalibrationReport(const HeadRows& head);

/// {"low","high","nominal","coverage","below","above","mean_width","pinball_low","pinball_high"} of an interval made of two
/// heads' answers for the truth of a third; the levels are (1 ± nominal) / 2. `below` and `above` are shares of the truth
/// outside.
nlohmann::json CoverageReport(const HeadRows& low, const HeadRows& high, std::span<const double> truth, double nominal);

}  // namespace millwright::learn
