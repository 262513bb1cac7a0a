#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/features/target.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// Checked parameters of an XGBoost head.
struct XgboostParams {
  int rounds = 100;
  int early_stopping_rounds = 0;  // 0: never
  int nthread = 1;
  bool has_base_score = false;
  std::string eval_metric;
  std::vector<std::pair<std::string, std::string>> native;  // for XGBoosterSetParam, sorted by name
};

/// InvalidArgument names an unknown parameter or a value out of range, prefixed with `path`.
absl::StatusOr<XgboostParams> ParseXgboostParams(const nlohmann::json& params, Task task, std::string_view path);

}  // namespace millwright::learn
