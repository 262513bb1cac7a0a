#include "scheduler/domain/definition.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "scheduler/domain/distribution.h"
#include "scheduler/domain/reference.h"
#include "scheduler/domain/samplers/sampler.h"
#include "scheduler/domain/shared_parts.h"
#include "scheduler/domain/task_kinds.h"
#include "scheduler/domain/yaml.h"

namespace millwright::scheduler {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxSteps = 100;
constexpr std::size_t kMaxFiles = 10'000;
constexpr std::size_t kMaxParameters = 100;
constexpr std::size_t kMaxParameterBytes = 64 << 10;  // without the files
constexpr std::size_t kMaxFileBytes = 2 << 20;        // of all parameters that are files: their names and digests
constexpr int kMaxAttempts = 20;

absl::Status Bad(const std::string& path, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", what));
}

/// A value for a message, shortened.
std::string Show(const json& value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() <= 80 ? text : text.substr(0, 77) + "...";
}

absl::Status CheckKeys(const json& map, const std::string& path, const std::vector<std::string>& known) {
  for (const auto& [key, value] : map.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      return Bad(path.empty() ? key : absl::StrCat(path, ".", key),
                 absl::StrCat("unknown key; known are ", absl::StrJoin(known, ", ")));
  }
  return absl::OkStatus();
}

bool IsName(const std::string& text, const char* more) {
  if (text.empty() || text.size() > 100) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string(more).find(c) != std::string::npos;
  });
}

absl::StatusOr<std::string> Text(const json& map, const std::string& path, const char* key, std::size_t max,
                                 const std::string& fallback = "") {
  const auto found = map.find(key);
  if (found == map.end() || found->is_null()) return fallback;
  if (!found->is_string()) return Bad(path, absl::StrCat(Show(*found), " is not a text"));
  if (found->get_ref<const std::string&>().size() > max) return Bad(path, absl::StrCat("longer than ", max, " bytes"));
  return found->get<std::string>();
}

absl::StatusOr<std::string> NameAt(const json& map, const std::string& path, const char* key, const char* more) {
  const auto found = map.find(key);
  if (found == map.end()) return Bad(path, "is missing");
  if (!found->is_string() || !IsName(found->get<std::string>(), more))
    return Bad(path, absl::StrCat(Show(*found), " is not a name: 1 to 100 of a-z A-Z 0-9 ", more));
  return found->get<std::string>();
}

absl::StatusOr<ParameterType> ParseType(const json& value, const std::string& path) {
  for (const ParameterType type :
       {ParameterType::kString, ParameterType::kInt, ParameterType::kFloat, ParameterType::kBool, ParameterType::kFile}) {
    if (value == Name(type)) return type;
  }
  return Bad(path, absl::StrCat(Show(value), " is not one of string, int, float, bool, file"));
}

bool IsUploadedFile(const json& value) {
  return value.is_object() && value.size() == 2 && value.contains("sha256") && value["sha256"].is_string() &&
         value.contains("name") && value["name"].is_string() && base::IsSha256Hex(value["sha256"].get<std::string>());
}

/// `value` as the parameter's type, or what is wrong with it.
absl::StatusOr<json> Coerce(ParameterType type, const json& value, const std::string& path) {
  const std::string text = value.is_string() ? value.get<std::string>() : "";
  switch (type) {
    case ParameterType::kString:
      if (value.is_string()) return value;
      break;
    case ParameterType::kInt: {
      std::int64_t whole = 0;
      if (value.is_number() && value.get<double>() == std::floor(value.get<double>()) &&
          std::abs(value.get<double>()) <= 9007199254740992.0)
        return static_cast<std::int64_t>(value.get<double>());
      if (value.is_string() && absl::SimpleAtoi(text, &whole)) return whole;
      break;
    }
    case ParameterType::kFloat: {
      double number = 0;
      if (value.is_number() && std::isfinite(value.get<double>())) return value;
      if (value.is_string() && absl::SimpleAtod(text, &number) && std::isfinite(number)) return number;
      break;
    }
    case ParameterType::kBool:
      if (value.is_boolean()) return value;
      if (text == "true") return true;
      if (text == "false") return false;
      break;
    case ParameterType::kFile:
      if (IsUploadedFile(value)) return value;
      if (value.is_array() && !value.empty() && value.size() <= kMaxFiles &&
          std::all_of(value.begin(), value.end(), IsUploadedFile))
        return value;
      return Bad(path, absl::StrCat(Show(value),
                                    " is not an uploaded file: {\"sha256\": 64 hex digits, \"name\": text}, or a list of up to ",
                                    kMaxFiles, " such"));
  }
  return Bad(path, absl::StrCat(Show(value), " is not ", type == ParameterType::kInt ? "an " : "a ", Name(type)));
}

absl::StatusOr<std::vector<Parameter>> ParseParameters(const json& root) {
  std::vector<Parameter> result;
  const auto found = root.find("parameters");
  if (found == root.end() || found->is_null()) return result;
  if (!found->is_object() || found->size() > kMaxParameters)
    return Bad("parameters",
               absl::StrCat("must be a map of at most ", kMaxParameters, " parameters, name: {type, default, help}"));
  for (const auto& [name, entry] : found->items()) {
    const std::string path = absl::StrCat("parameters.", name);
    if (!IsName(name, "_-")) return Bad(path, "is not a name: 1 to 100 of a-z A-Z 0-9 _ -");
    if (!entry.is_object()) return Bad(path, "must be a map: {type, default, optional, help}");
    RETURN_IF_ERROR(CheckKeys(entry, path, {"type", "default", "optional", "help"}));
    Parameter parameter{.name = name};
    ASSIGN_OR_RETURN(parameter.type, ParseType(entry.value("type", json()), absl::StrCat(path, ".type")));
    ASSIGN_OR_RETURN(parameter.help, Text(entry, absl::StrCat(path, ".help"), "help", 2000));
    if (entry.contains("default")) {
      if (parameter.type == ParameterType::kFile) return Bad(absl::StrCat(path, ".default"), "a file has no default");
      ASSIGN_OR_RETURN(parameter.default_value, Coerce(parameter.type, entry["default"], absl::StrCat(path, ".default")));
    }
    if (const auto optional = entry.find("optional"); optional != entry.end()) {
      if (!optional->is_boolean())
        return Bad(absl::StrCat(path, ".optional"), absl::StrCat(Show(*optional), " is not true or false"));
      parameter.is_optional = optional->get<bool>();
      if (parameter.is_optional && parameter.default_value)
        return Bad(absl::StrCat(path, ".optional"), "a parameter with a default is never without a value");
    }
    result.push_back(std::move(parameter));
  }
  return result;
}

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

const char* Name(ParameterType type) {
  switch (type) {
    case ParameterType::kString:
      return "string";
    case ParameterType::kInt:
      return "int";
    case ParameterType::kFloat:
      return "float";
    case ParameterType::kBool:
      return "bool";
    case ParameterType::kFile:
      return "file";
  }
  return "";
}

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

namespace {

absl::Status CheckSize(const Definition& definition, const json& given) {
  std::size_t bytes = 0;
  std::size_t file_bytes = 0;
  for (const auto& [name, value] : given.items()) {
    const auto is_this = [&name = name](const Parameter& parameter) { return parameter.name == name; };
    const auto found = std::find_if(definition.parameters.begin(), definition.parameters.end(), is_this);
    const bool is_file = found != definition.parameters.end() && found->type == ParameterType::kFile;
    (is_file ? file_bytes : bytes) += name.size() + value.dump(-1, ' ', false, json::error_handler_t::replace).size();
  }
  if (bytes > kMaxParameterBytes) return Bad("parameters", absl::StrCat("over ", kMaxParameterBytes, " bytes"));
  if (file_bytes > kMaxFileBytes)
    return Bad("parameters", absl::StrCat("the names and digests of all files are over ", kMaxFileBytes, " bytes"));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<json> CompleteParameters(const Definition& definition, const json& given) {
  if (!given.is_object()) return Bad("parameters", "must be a map");
  RETURN_IF_ERROR(CheckSize(definition, given));
  json result = json::object();
  std::vector<std::string> names;
  for (const Parameter& parameter : definition.parameters) {
    names.push_back(parameter.name);
    const std::string path = absl::StrCat("parameters.", parameter.name);
    if (const auto found = given.find(parameter.name); found != given.end()) {
      ASSIGN_OR_RETURN(result[parameter.name], Coerce(parameter.type, *found, path));
    } else if (parameter.default_value) {
      result[parameter.name] = *parameter.default_value;
    } else if (!parameter.is_optional) {
      return Bad(path,
                 absl::StrCat("is missing (", Name(parameter.type), parameter.help.empty() ? "" : ": ", parameter.help, ")"));
    }
  }
  for (const auto& [key, value] : given.items()) {
    if (!result.contains(key))
      return Bad(absl::StrCat("parameters.", key),
                 names.empty() ? "the pipeline has no parameters"
                               : absl::StrCat("the pipeline has no such parameter; it has ", absl::StrJoin(names, ", ")));
  }
  // A study whose references are all parameters can be judged before the run starts.
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    if (!definition.steps[i].study) continue;
    const std::string path = absl::StrCat("steps[", i, "].study");
    const auto resolved = Resolve(*definition.steps[i].study, {.params = result}, path);
    if (resolved.ok()) RETURN_IF_ERROR(ParseStudySpec(*resolved, path).status());
  }
  return result;
}

absl::StatusOr<StudySpec> ParseStudySpec(const json& study, const std::string& path) {
  RETURN_IF_ERROR(CheckKeys(study, path, {"metric", "direction", "sampler", "trials", "seed", "parallel", "space"}));
  StudySpec spec;
  const auto whole = [&](const char* key, std::int64_t fallback, std::int64_t low,
                         std::int64_t high) -> absl::StatusOr<std::int64_t> {
    const auto found = study.find(key);
    if (found == study.end()) return fallback;
    if (!found->is_number() || found->get<double>() != std::floor(found->get<double>()) ||
        found->get<double>() < static_cast<double>(low) || found->get<double>() > static_cast<double>(high))
      return Bad(absl::StrCat(path, ".", key), absl::StrCat(Show(*found), " is not a whole number from ", low, " to ", high));
    return found->get<std::int64_t>();
  };
  ASSIGN_OR_RETURN(spec.metric, Text(study, absl::StrCat(path, ".metric"), "metric", 200));
  if (spec.metric.empty()) return Bad(absl::StrCat(path, ".metric"), "is missing (such as validation_rmse)");
  ASSIGN_OR_RETURN(const std::string direction, Text(study, absl::StrCat(path, ".direction"), "direction", 200, "minimize"));
  if (direction != "minimize" && direction != "maximize")
    return Bad(absl::StrCat(path, ".direction"), absl::StrCat("\"", direction, "\" is not minimize or maximize"));
  spec.maximize = direction == "maximize";
  ASSIGN_OR_RETURN(spec.sampler, Text(study, absl::StrCat(path, ".sampler"), "sampler", 100, "tpe"));
  if (const auto sampler = FindSampler(spec.sampler); !sampler.ok())
    return Bad(absl::StrCat(path, ".sampler"), std::string(sampler.status().message()));
  ASSIGN_OR_RETURN(spec.trials, whole("trials", 20, 1, kMaxTrials));
  ASSIGN_OR_RETURN(spec.seed, whole("seed", 1, -9007199254740992, 9007199254740992));
  ASSIGN_OR_RETURN(spec.parallel, whole("parallel", 2, 1, kMaxParallel));
  if (!study.contains("space"))
    return Bad(absl::StrCat(path, ".space"), "is missing: a map of parameters, each {type, low, high, …}");
  spec.space = study["space"];
  RETURN_IF_ERROR(ParseSpace(spec.space, absl::StrCat(path, ".space")).status());
  return spec;
}

}  // namespace millwright::scheduler
