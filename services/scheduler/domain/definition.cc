#include "scheduler/domain/definition.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "scheduler/domain/definition_json.h"
#include "scheduler/domain/reference.h"
#include "scheduler/domain/shared_parts.h"
#include "scheduler/domain/study_spec.h"
#include "scheduler/domain/task_kinds.h"
#include "scheduler/domain/yaml.h"

namespace millwright::scheduler {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxSteps = 100;
constexpr int kMaxAttempts = 20;

absl::Status CheckTask(const StepDefinition& step, const std::string& path) {
  std::vector<std::string> names;
  for (const TaskKind& kind : TaskKinds()) {
    names.push_back(kind.name);
    if (step.task != kind.name) continue;
    for (const char* key : kind.required) {
      if (!step.with.contains(key))
        return Bad(absl::StrCat(path, ".with.", key), absl::StrCat("is missing; the task ", step.task, " needs it"));
    }
    return absl::OkStatus();
  }
  return Bad(absl::StrCat(path, ".task"),
             absl::StrCat("\"", step.task, "\" is not a task; there are ", absl::StrJoin(names, ", ")));
}

absl::StatusOr<StepDefinition> ParseStep(const json& entry, const std::string& path) {
  if (!entry.is_object()) return Bad(path, "must be a map: {id, task, with, …}");
  RETURN_IF_ERROR(CheckKeys(entry, path, {"id", "title", "task", "study", "when", "with", "needs", "attempts"}));
  StepDefinition step;
  ASSIGN_OR_RETURN(step.id, NameAt(entry, absl::StrCat(path, ".id"), "id", "_-"));
  ASSIGN_OR_RETURN(step.title, Text(entry, absl::StrCat(path, ".title"), "title", 200, step.id));
  if (entry.contains("study")) step.study = entry["study"];
  ASSIGN_OR_RETURN(step.task, Text(entry, absl::StrCat(path, ".task"), "task", 100, step.study ? "train" : ""));
  if (step.task.empty()) return Bad(path, "needs a \"task\" or a \"study\"");
  if (step.study && step.task != "train" && step.task != "command")
    return Bad(absl::StrCat(path, ".task"),
               absl::StrCat("\"", step.task, "\": a study's trials are \"train\" or \"command\" tasks"));
  if (entry.contains("when")) {
    step.when = entry["when"];
    const auto references = AllReferences(step.when, absl::StrCat(path, ".when"));
    RETURN_IF_ERROR(references.status());
    if (!step.when.is_string() || references->size() != 1 || references->front().text != step.when.get<std::string>())
      return Bad(absl::StrCat(path, ".when"), absl::StrCat(Show(step.when), " is not one reference, such as ${params.test?}"));
  }
  if (entry.contains("with")) step.with = entry["with"];
  if (!step.with.is_object()) return Bad(absl::StrCat(path, ".with"), absl::StrCat(Show(step.with), " is not a map"));
  if (entry.contains("attempts")) {
    const json& attempts = entry["attempts"];
    if (!attempts.is_number_integer() || attempts.get<std::int64_t>() < 1 || attempts.get<std::int64_t>() > kMaxAttempts)
      return Bad(absl::StrCat(path, ".attempts"),
                 absl::StrCat(Show(attempts), " is not a whole number from 1 to ", kMaxAttempts));
    step.attempts = attempts.get<int>();
  }
  RETURN_IF_ERROR(CheckTask(step, path));
  return step;
}

/// Whether any text inside has a reference.
bool HasReferences(const json& value) {
  const auto references = AllReferences(value, "");
  return references.ok() && !references->empty();
}

using Places = std::map<std::string, std::size_t>;

absl::Status CheckReferences(const Definition& definition, const Places& places, const json& value, const std::string& path,
                             std::set<std::size_t>* needs) {
  ASSIGN_OR_RETURN(const std::vector<Reference> references, AllReferences(value, path));
  for (const Reference& reference : references) {
    if (!reference.param.empty()) {
      const auto found = std::find_if(definition.parameters.begin(), definition.parameters.end(),
                                      [&](const Parameter& p) { return p.name == reference.param; });
      if (found == definition.parameters.end())
        return Bad(path, absl::StrCat(reference.text, ": there is no parameter \"", reference.param, "\""));
      if (found->is_optional && !reference.is_optional)
        return Bad(path, absl::StrCat(reference.text, ": the parameter is optional; write ${params.", reference.param, "?}"));
      continue;
    }
    const auto place = places.find(reference.step);
    if (place == places.end()) return Bad(path, absl::StrCat(reference.text, ": there is no step \"", reference.step, "\""));
    static const std::set<std::string> kStudyOutputs = {"study_id", "best_params", "best_value", "best_run_id", "trials"};
    if (definition.steps[place->second].study && !reference.path.empty() && !kStudyOutputs.contains(reference.path[0]))
      return Bad(path, absl::StrCat(reference.text, ": a study's outputs are ", absl::StrJoin(kStudyOutputs, ", ")));
    if (!definition.steps[place->second].when.is_null() && !reference.is_optional)
      return Bad(path, absl::StrCat(reference.text, ": the step has a \"when\" and may be left out; end the reference with ?}"));
    needs->insert(place->second);
  }
  return absl::OkStatus();
}

absl::Status CheckNoCircle(const std::vector<StepDefinition>& steps) {
  enum class Mark { kNew, kOpen, kDone };
  std::vector<Mark> marks(steps.size(), Mark::kNew);
  std::vector<std::string> trail;
  const std::function<absl::Status(std::size_t)> visit = [&](std::size_t at) -> absl::Status {
    trail.push_back(steps[at].id);
    if (marks[at] == Mark::kOpen) {
      const auto start = std::find(trail.begin(), trail.end(), steps[at].id);
      return Bad(absl::StrCat("steps[", at, "].needs"),
                 absl::StrCat("the steps need each other in a circle: ",
                              absl::StrJoin(std::vector<std::string>(start, trail.end()), " -> ")));
    }
    if (marks[at] == Mark::kNew) {
      marks[at] = Mark::kOpen;
      for (const std::size_t need : steps[at].needs) RETURN_IF_ERROR(visit(need));
      marks[at] = Mark::kDone;
    }
    trail.pop_back();
    return absl::OkStatus();
  };
  for (std::size_t i = 0; i < steps.size(); ++i) RETURN_IF_ERROR(visit(i));
  return absl::OkStatus();
}

absl::Status Connect(Definition& definition, const json& steps) {
  Places places;
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    if (!places.emplace(definition.steps[i].id, i).second)
      return Bad(absl::StrCat("steps[", i, "].id"), absl::StrCat("\"", definition.steps[i].id, "\" stands there twice"));
  }
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    StepDefinition& step = definition.steps[i];
    const std::string path = absl::StrCat("steps[", i, "]");
    std::set<std::size_t> needs;
    const json named = steps[i].value("needs", json::array());
    if (!named.is_array()) return Bad(absl::StrCat(path, ".needs"), absl::StrCat(Show(named), " is not a list of step ids"));
    for (std::size_t j = 0; j < named.size(); ++j) {
      const auto place = named[j].is_string() ? places.find(named[j].get<std::string>()) : places.end();
      if (place == places.end())
        return Bad(absl::StrCat(path, ".needs[", j, "]"), absl::StrCat(Show(named[j]), " is not a step of this pipeline"));
      needs.insert(place->second);
    }
    RETURN_IF_ERROR(CheckReferences(definition, places, step.when, absl::StrCat(path, ".when"), &needs));
    for (const auto& [key, value] : step.with.items())
      RETURN_IF_ERROR(CheckReferences(definition, places, value, absl::StrCat(path, ".with.", key), &needs));
    if (step.study) {
      if (!step.study->is_object())
        return Bad(absl::StrCat(path, ".study"), "must be a map: {metric, direction, sampler, trials, seed, parallel, space}");
      RETURN_IF_ERROR(CheckReferences(definition, places, *step.study, absl::StrCat(path, ".study"), &needs));
      // What is written out is checked now, what is a reference once it is known.
      if (!HasReferences(*step.study)) RETURN_IF_ERROR(ParseStudySpec(*step.study, absl::StrCat(path, ".study")).status());
    }
    step.needs.assign(needs.begin(), needs.end());
  }
  RETURN_IF_ERROR(CheckNoCircle(definition.steps));
  std::set<std::size_t> ignored;
  for (const auto& [key, value] : definition.outputs.items())
    RETURN_IF_ERROR(CheckReferences(definition, places, value, absl::StrCat("outputs.", key), &ignored));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Definition> ParseDefinition(const std::string& yaml) {
  ASSIGN_OR_RETURN(json root, ParseYaml(yaml));
  if (!root.is_object()) return Bad("definition", "must be a map: name, description, parameters, definitions, steps, outputs");
  RETURN_IF_ERROR(CheckKeys(root, "", {"name", "description", "parameters", "definitions", "steps", "outputs"}));
  RETURN_IF_ERROR(ExpandDefinitions(root));
  Definition result;
  ASSIGN_OR_RETURN(result.name, NameAt(root, "name", "name", "_-."));
  ASSIGN_OR_RETURN(result.description, Text(root, "description", "description", 10'000));
  ASSIGN_OR_RETURN(result.parameters, ParseParameters(root));
  const auto steps = root.find("steps");
  if (steps == root.end() || !steps->is_array() || steps->empty() || steps->size() > kMaxSteps)
    return Bad("steps", absl::StrCat("must be a list of 1 to ", kMaxSteps, " steps"));
  for (std::size_t i = 0; i < steps->size(); ++i) {
    ASSIGN_OR_RETURN(StepDefinition step, ParseStep((*steps)[i], absl::StrCat("steps[", i, "]")));
    result.steps.push_back(std::move(step));
  }
  if (root.contains("outputs")) result.outputs = root["outputs"];
  if (!result.outputs.is_object()) return Bad("outputs", absl::StrCat(Show(result.outputs), " is not a map"));
  RETURN_IF_ERROR(Connect(result, *steps));
  return result;
}

absl::StatusOr<json> CompleteParameters(const Definition& definition, const json& given) {
  ASSIGN_OR_RETURN(json result, CompleteParameters(definition.parameters, given));
  // A study whose references are all parameters can be judged before the run starts.
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    if (!definition.steps[i].study) continue;
    const std::string path = absl::StrCat("steps[", i, "].study");
    const auto resolved = Resolve(*definition.steps[i].study, {.params = result}, path);
    if (resolved.ok()) RETURN_IF_ERROR(ParseStudySpec(*resolved, path).status());
  }
  return result;
}

}  // namespace millwright::scheduler
