#pragma once

#include <map>
#include <string>

#include "nlohmann/json.hpp"

namespace millwright::learn {

/// The plots of an evaluation report, file name → SVG: `<head>_predicted_vs_actual.svg`, `_residuals`, `_trajectories`,
/// `_confusion`,
/// `_roc`, `_pr`, `_reliability`, `_costs`, whichever the head's report has parts for. Names hold letters, digits,
/// - and _ only.
std::map<std::string, std::string> Plots(const nlohmann::json& report);

/// `<head>_importance.svg` of a training's feature report: the greatest effects, or gains where effects were left out.
std::map<std::string, std::string> ImportancePlots(const nlohmann::json& feature_report);

}  // namespace millwright::learn
