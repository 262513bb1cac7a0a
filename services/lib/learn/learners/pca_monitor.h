#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/learn/learners/learner.h"

namespace millwright::learn {

/// `pca_monitor`: how far a row lies inside the plane of the training rows' principal components (Hotelling's T²) and how far off
/// it (Q, the squared prediction error), each divided by its limit (Jackson and Mudholkar, "Control procedures for residuals
/// associated with principal component analysis", Technometrics 21, 1979); the score is the larger, or their sum (Yue and Qin,
/// "Reconstruction-based fault identification using a combined index", Ind. Eng. Chem. Res. 40, 2001). The limits are quantiles
/// of the training rows, as sensor rows are seldom normal enough for the closed forms.
/// Parameters: `components` (a count) or `variance` (the share that the components explain, 0.9), `level` (of the limits, 0.99),
/// `statistic`: max, sum, t2, q.
absl::StatusOr<std::unique_ptr<Learner>> MakePcaMonitor(const nlohmann::json& params, const LearningTask& task,
                                                        std::string_view path);
absl::StatusOr<std::shared_ptr<const Model>> LoadPcaMonitor(std::string_view bytes);

}  // namespace millwright::learn
