#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace millwright::learn {

/// What a model file says of the model.
struct XgboostModelShape {
  std::size_t features = 0;
  std::size_t outputs = 1;   // the number of classes, for several
  std::vector<double> gain;  // per feature: what its splits took off the loss
};

/// Reads an XGBoost model file (UBJSON or JSON) far enough to know that 1.7.4 scores it exactly and stays inside its trees.
/// InvalidArgument for a broken file, Unimplemented with the reason for one that would be scored wrongly.
absl::StatusOr<XgboostModelShape> CheckXgboostModelFile(std::string_view bytes);

}  // namespace millwright::learn
