#pragma once

#include "lib/learn/evaluation/head_rows.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// {"roc": [[false alarm rate, recall, threshold], …], "pr": [[recall, precision, threshold], …]} of a head that alarms, from the
/// highest threshold down, at most 200 points each. Null when the truth has one class only.
nlohmann::json AlarmCurves(const HeadRows& head);

/// {"labels": […], "counts": [[…]]}: rows of truth, columns of answers; alarms count as classes "0" and "1". At most 50 classes.
nlohmann::json ConfusionReport(const HeadRows& head);

/// {"edges","counts"} of predicted - truth.
nlohmann::json ResidualReport(const HeadRows& head);

/// [{"asset","time","truth","prediction"}, …]: at most 1,000 rows, evenly spread.
nlohmann::json SampleReport(const ScoredRows& rows, const HeadRows& head);

/// [{"asset","rows","rmse","times","truth","prediction"}, …]: at most 8 assets, spread evenly from the best RMSE to the worst,
/// each in at most 200 points. Empty where assets have a row each. `low` and `high` (an interval's heads) may be null.
nlohmann::json TrajectoryReport(const ScoredRows& rows, const HeadRows& head, const HeadRows* low, const HeadRows* high);

}  // namespace millwright::learn
