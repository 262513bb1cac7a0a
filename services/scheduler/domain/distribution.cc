#include "scheduler/domain/distribution.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "scheduler/domain/definition_json.h"

namespace millwright::scheduler {
namespace {

using nlohmann::json;

absl::StatusOr<double> Number(const json& entry, const std::string& path, const char* key) {
  const auto found = entry.find(key);
  if (found == entry.end()) return Bad(path, absl::StrCat("\"", key, "\" is missing (a number)"));
  if (!found->is_number() || !std::isfinite(found->get<double>()))
    return Bad(absl::StrCat(path, ".", key), absl::StrCat(found->dump(), " is not a finite number"));
  return found->get<double>();
}

absl::StatusOr<std::int64_t> Whole(const json& entry, const std::string& path, const char* key) {
  ASSIGN_OR_RETURN(const double number, Number(entry, path, key));
  if (number != std::floor(number) || std::abs(number) > 9007199254740992.0)
    return Bad(absl::StrCat(path, ".", key), absl::StrCat(entry.at(key).dump(), " is not a whole number within ±2^53"));
  return static_cast<std::int64_t>(number);
}

absl::StatusOr<bool> IsLog(const json& entry, const std::string& path) {
  const auto found = entry.find("log");
  if (found == entry.end()) return false;
  if (!found->is_boolean()) return Bad(absl::StrCat(path, ".log"), absl::StrCat(found->dump(), " is not true or false"));
  return found->get<bool>();
}

absl::StatusOr<FloatDistribution> ParseFloat(const json& entry, const std::string& path) {
  RETURN_IF_ERROR(CheckKeys(entry, path, {"type", "low", "high", "log", "step"}));
  FloatDistribution result;
  ASSIGN_OR_RETURN(result.low, Number(entry, path, "low"));
  ASSIGN_OR_RETURN(result.high, Number(entry, path, "high"));
  ASSIGN_OR_RETURN(result.log, IsLog(entry, path));
  if (entry.contains("step")) {
    ASSIGN_OR_RETURN(result.step, Number(entry, path, "step"));
    if (result.step < 0) return Bad(absl::StrCat(path, ".step"), absl::StrCat(result.step, " is negative"));
  }
  if (result.low > result.high) return Bad(path, absl::StrCat("low ", result.low, " is above high ", result.high));
  if (result.log && result.low <= 0)
    return Bad(absl::StrCat(path, ".low"), absl::StrCat(result.low, " must be above 0 with log"));
  if (result.log && result.step > 0) return Bad(path, "log and step exclude each other");
  if (result.step > 0) result.high = result.low + std::floor((result.high - result.low) / result.step + 1e-9) * result.step;
  return result;
}

absl::StatusOr<IntDistribution> ParseInt(const json& entry, const std::string& path) {
  RETURN_IF_ERROR(CheckKeys(entry, path, {"type", "low", "high", "log", "step"}));
  IntDistribution result;
  ASSIGN_OR_RETURN(result.low, Whole(entry, path, "low"));
  ASSIGN_OR_RETURN(result.high, Whole(entry, path, "high"));
  ASSIGN_OR_RETURN(result.log, IsLog(entry, path));
  if (entry.contains("step")) {
    ASSIGN_OR_RETURN(result.step, Whole(entry, path, "step"));
    if (result.step < 1) return Bad(absl::StrCat(path, ".step"), absl::StrCat(result.step, " is below 1"));
  }
  if (result.low > result.high) return Bad(path, absl::StrCat("low ", result.low, " is above high ", result.high));
  if (result.log && result.low < 1)
    return Bad(absl::StrCat(path, ".low"), absl::StrCat(result.low, " must be at least 1 with log"));
  if (result.log && result.step != 1) return Bad(path, "log and step exclude each other");
  result.high = result.low + (result.high - result.low) / result.step * result.step;
  return result;
}

absl::StatusOr<CategoricalDistribution> ParseCategorical(const json& entry, const std::string& path) {
  RETURN_IF_ERROR(CheckKeys(entry, path, {"type", "choices"}));
  const auto found = entry.find("choices");
  if (found == entry.end() || !found->is_array() || found->empty() || found->size() > kMaxChoices)
    return Bad(absl::StrCat(path, ".choices"), absl::StrCat("must be a list of 1 to ", kMaxChoices, " values"));
  CategoricalDistribution result;
  for (const json& choice : *found) {
    if (choice.is_structured()) return Bad(absl::StrCat(path, ".choices"), absl::StrCat(choice.dump(), " is not a plain value"));
    if (std::find(result.choices.begin(), result.choices.end(), choice) != result.choices.end())
      return Bad(absl::StrCat(path, ".choices"), absl::StrCat(choice.dump(), " stands there twice"));
    result.choices.push_back(choice);
  }
  return result;
}

}  // namespace

absl::StatusOr<std::vector<Distribution>> ParseSpace(const json& space, const std::string& path) {
  if (!space.is_object() || space.empty() || space.size() > kMaxSpace)
    return Bad(path, absl::StrCat("must be a map of 1 to ", kMaxSpace, " parameters, each {type, …}"));
  std::vector<Distribution> result;
  for (const auto& [name, entry] : space.items()) {
    const std::string at = absl::StrCat(path, ".", name);
    if (!entry.is_object()) return Bad(at, "must be a map such as {type: float, low: 0.1, high: 1}");
    const std::string type = entry.contains("type") && entry["type"].is_string() ? entry["type"].get<std::string>() : "";
    Distribution distribution{.name = name};
    if (type == "float") {
      ASSIGN_OR_RETURN(distribution.kind, ParseFloat(entry, at));
    } else if (type == "int") {
      ASSIGN_OR_RETURN(distribution.kind, ParseInt(entry, at));
    } else if (type == "categorical") {
      ASSIGN_OR_RETURN(distribution.kind, ParseCategorical(entry, at));
    } else {
      return Bad(absl::StrCat(at, ".type"), absl::StrCat("\"", type, "\" is not one of float, int, categorical"));
    }
    result.push_back(std::move(distribution));
  }
  return result;
}

json SpaceToJson(const std::vector<Distribution>& space) {
  json result = json::object();
  for (const Distribution& distribution : space) {
    json& entry = result[distribution.name];
    if (const auto* real = std::get_if<FloatDistribution>(&distribution.kind)) {
      entry = {{"type", "float"}, {"low", real->low}, {"high", real->high}};
      if (real->log) entry["log"] = true;
      if (real->step > 0) entry["step"] = real->step;
    } else if (const auto* whole = std::get_if<IntDistribution>(&distribution.kind)) {
      entry = {{"type", "int"}, {"low", whole->low}, {"high", whole->high}};
      if (whole->log) entry["log"] = true;
      if (whole->step != 1) entry["step"] = whole->step;
    } else {
      entry = {{"type", "categorical"}, {"choices", std::get<CategoricalDistribution>(distribution.kind).choices}};
    }
  }
  return result;
}

bool Contains(const Distribution& distribution, const json& value) {
  if (const auto* choice = std::get_if<CategoricalDistribution>(&distribution.kind))
    return std::find(choice->choices.begin(), choice->choices.end(), value) != choice->choices.end();
  if (!value.is_number()) return false;
  const double number = value.get<double>();
  if (const auto* real = std::get_if<FloatDistribution>(&distribution.kind)) return number >= real->low && number <= real->high;
  const auto& whole = std::get<IntDistribution>(distribution.kind);
  return number == std::floor(number) && number >= static_cast<double>(whole.low) && number <= static_cast<double>(whole.high);
}

}  // namespace millwright::scheduler
