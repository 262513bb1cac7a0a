#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "scheduler/domain/parameter.h"

namespace millwright::scheduler {

/// One step: a task for a worker, or a study whose trials are such tasks.
struct StepDefinition {
  std::string id;
  std::string title;
  std::string task;                     // the kind, such as "train"
  std::optional<nlohmann::json> study;  // as written; ParseStudySpec (study_spec.h) reads it once its references are resolved
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

/// The parameters of a run by its pipeline's (parameter.h); a study that they complete is checked too.
absl::StatusOr<nlohmann::json> CompleteParameters(const Definition& definition, const nlohmann::json& given);

}  // namespace millwright::scheduler
