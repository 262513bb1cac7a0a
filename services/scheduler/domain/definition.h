#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace millwright::scheduler {

enum class ParameterType { kString, kInt, kFloat, kBool, kFile };
const char* Name(ParameterType type);

/// What a run of a pipeline may be told.
struct Parameter {
  std::string name;
  ParameterType type = ParameterType::kString;
  std::optional<nlohmann::json> default_value;
  bool is_optional = false;  // may be left out though it has no default; then only ${params.NAME?} may refer to it
  std::string help;
};

/// One step: a task for a worker, or a study whose trials are such tasks.
struct StepDefinition {
  std::string id;
  std::string title;
  std::string task;                     // the kind, such as "train"
  std::optional<nlohmann::json> study;  // as written; ParseStudySpec reads it once its references are resolved
  /// A reference: where it is to nothing, or to false, the step is left out and what needs it goes on. Null: always.
  nlohmann::json when;
  nlohmann::json with = nlohmann::json::object();
  std::vector<std::size_t> needs;  // places in `steps`: named ones and those that references imply; sorted
  int attempts = 3;

  const std::string kind() const { return study ? "study" : task; }
};

/// A pipeline as its YAML says.
struct Definition {
  std::string name;
  std::string description;
  std::vector<Parameter> parameters;
  std::vector<StepDefinition> steps;
  nlohmann::json outputs = nlohmann::json::object();
};

/// Strict: InvalidArgument names the path (`steps[2].with.file`), the value and what would be right. Needs that form a circle are
/// refused.
absl::StatusOr<Definition> ParseDefinition(const std::string& yaml);

/// The parameters of a run: the given ones checked against the definition (a text that reads as the wanted number or truth value
/// is taken as one, since command lines have only text), and the defaults of the others. InvalidArgument names the parameter.
absl::StatusOr<nlohmann::json> CompleteParameters(const Definition& definition, const nlohmann::json& given);

/// What a study step says, references resolved.
struct StudySpec {
  std::string metric;
  bool maximize = false;
  std::string sampler = "tpe";
  int trials = 20;
  std::int64_t seed = 1;
  int parallel = 2;
  nlohmann::json space;  // as ParseSpace reads
};
inline constexpr int kMaxTrials = 10'000;
inline constexpr int kMaxParallel = 64;
absl::StatusOr<StudySpec> ParseStudySpec(const nlohmann::json& study, const std::string& path);

}  // namespace millwright::scheduler
