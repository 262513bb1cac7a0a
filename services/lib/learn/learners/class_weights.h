#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/features/target.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// How much a row of each class counts: given, or "balanced" (each class as a whole counts the same), or all the same.
struct ClassWeights {
  bool is_balanced = false;
  std::vector<double> given;  // one a class
};

/// Reads "balanced" or a list with one number above 0 a class. InvalidArgument is prefixed with `path`.
absl::StatusOr<ClassWeights> ParseClassWeights(const nlohmann::json& json, const LearningTask& task, std::string_view path);

/// The weight of every row: its own (where `rows` is not empty) times its class's. Empty when all are the same.
std::vector<float> RowWeights(const ClassWeights& classes, const LearningTask& task, std::span<const double> targets,
                              std::span<const double> rows);

}  // namespace millwright::learn
