#pragma once

#include "absl/status/status.h"
#include "nlohmann/json.hpp"

namespace millwright::scheduler {

/// Puts what stands under `definitions` (a map: name → anything) into the place of every text `${definitions.NAME}` of `steps`
/// and `outputs`, and removes `definitions`. A definition may hold references to parameters, steps and other definitions.
/// InvalidArgument names the place, the name and the definitions that there are; the whole may not grow over 1 MiB.
absl::Status ExpandDefinitions(nlohmann::json& pipeline);

}  // namespace millwright::scheduler
