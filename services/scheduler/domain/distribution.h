#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace millwright::scheduler {

/// Values in [low, high]; with `step` > 0 only low + k·step. `log` samples evenly in the logarithm and excludes `step`.
struct FloatDistribution {
  double low = 0;
  double high = 1;
  bool log = false;
  double step = 0;
};

/// Whole numbers in [low, high], low + k·step.
struct IntDistribution {
  std::int64_t low = 0;
  std::int64_t high = 1;
  bool log = false;
  std::int64_t step = 1;
};

/// One of the choices: null, true or false, a number or a text.
struct CategoricalDistribution {
  std::vector<nlohmann::json> choices;
};

/// What one parameter of a study may be.
struct Distribution {
  std::string name;
  std::variant<FloatDistribution, IntDistribution, CategoricalDistribution> kind;
};

/// Bounded: at most this many parameters in a space, and choices in one of them.
inline constexpr std::size_t kMaxSpace = 100;
inline constexpr std::size_t kMaxChoices = 1000;

/// A space as pipelines write it, {name: {type, low, high, log, step, choices}}, sorted by name. InvalidArgument names the path
/// below `path`. A high that is off the grid of its step is lowered onto it.
absl::StatusOr<std::vector<Distribution>> ParseSpace(const nlohmann::json& space, const std::string& path);

/// The same form again; ParseSpace reads it.
nlohmann::json SpaceToJson(const std::vector<Distribution>& space);

/// Whether a sampler may have proposed this value.
bool Contains(const Distribution& distribution, const nlohmann::json& value);

}  // namespace millwright::scheduler
