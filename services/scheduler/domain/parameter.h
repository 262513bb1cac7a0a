#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace millwright::scheduler {

enum class ParameterType { kString, kInt, kFloat, kBool, kList, kFile };
const char* Name(ParameterType type);

/// What a run of a pipeline may be told.
struct Parameter {
  std::string name;
  ParameterType type = ParameterType::kString;
  std::optional<nlohmann::json> default_value;
  bool is_optional = false;  // may be left out though it has no default; then only ${params.NAME?} may refer to it
  std::string help;
};

/// The `parameters` of a definition. InvalidArgument names the path.
absl::StatusOr<std::vector<Parameter>> ParseParameters(const nlohmann::json& root);

/// The parameters of a run: the given ones checked against the pipeline's (a text that reads as the wanted number, truth value or
/// list is taken as one, since command lines have only text), and the defaults of the others. InvalidArgument names the
/// parameter.
absl::StatusOr<nlohmann::json> CompleteParameters(const std::vector<Parameter>& parameters, const nlohmann::json& given);

}  // namespace millwright::scheduler
