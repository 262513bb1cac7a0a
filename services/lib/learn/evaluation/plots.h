#pragma once

#include <map>
#include <string>

#include "nlohmann/json.hpp"

namespace millwright::learn {

/// The plots of an evaluation report, file name → SVG: `<head>_predicted_vs_actual.svg`, `_residuals`, `_trajectories`,
/// `_confusion`,
/// `_roc`, `_pr`, `_reliability`, `_costs`, `_importance`, whichever the head's report has parts for. Names hold letters, digits,
/// - and _ only.
std::map<std::string, std::string> Plots(const nlohmann::json& report);

}  // namespace millwright::learn
