#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace millwright::registry {

/// Names of everything that a webhook can be told of, such as "version.transitioned".
const std::vector<std::string>& EventKinds();

/// One change of the registry, as subscribers hear of it.
struct Event {
  const char* kind = "";  // one of EventKinds
  std::int64_t model_id = 0;
  std::string model;
  int version = 0;  // 0: of the model
  nlohmann::json data = nlohmann::json::object();
};

}  // namespace millwright::registry
