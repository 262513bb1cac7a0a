#include "tracker/rpc/mlflow_log_model.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"
#include "lib/mlflow/text.h"

namespace millwright::tracker {
namespace {

using nlohmann::ordered_json;

// As Python's json.dumps spaces and escapes it. `depth` is bounded by what Parse lets through.
std::string Dump(const ordered_json& value) {
  if (value.is_string()) return mlflow::PythonJson(value.get_ref<const std::string&>());
  if (value.is_array()) {
    return absl::StrCat("[", absl::StrJoin(value, ", ", [](std::string* out, const ordered_json& item) { *out += Dump(item); }), "]");
  }
  if (value.is_object()) {
    std::vector<std::string> items;
    for (const auto& [key, item] : value.items()) items.push_back(absl::StrCat(mlflow::PythonJson(key), ": ", Dump(item)));
    return absl::StrCat("{", absl::StrJoin(items, ", "), "}");
  }
  return value.dump();
}

// Discarded when it is no JSON or nested deeper than 64.
ordered_json Parse(const std::string& text) {
  bool is_deep = false;
  ordered_json value = ordered_json::parse(
      text,
      [&](int depth, ordered_json::parse_event_t, ordered_json&) {
        is_deep = is_deep || depth > 64;
        return !is_deep;
      },
      false);
  return is_deep ? ordered_json(ordered_json::value_t::discarded) : value;
}

}  // namespace

absl::StatusOr<std::string> ReadModelEntry(const std::string& model_json) {
  const ordered_json model = Parse(model_json);
  if (model.is_discarded())
    return absl::InvalidArgumentError(absl::StrCat("Malformed model info. \n ", model_json, " \n is not a valid JSON."));
  if (!model.is_object()) return absl::InvalidArgumentError("model_json: is not a JSON object, as a model's description is");
  std::vector<std::string> missing;
  for (const char* field : {"artifact_path", "flavors", "run_id", "utc_time_created"}) {
    if (!model.contains(field)) missing.push_back(mlflow::PythonRepr(field));
  }
  if (!missing.empty())
    return absl::InvalidArgumentError(absl::StrCat("Model json is missing mandatory fields: {", absl::StrJoin(missing, ", "), "}"));
  ordered_json entry = ordered_json::object();
  for (const char* field : {"run_id", "artifact_path", "utc_time_created", "model_uuid"}) {
    if (model.contains(field) && !model[field].is_null()) entry[field] = model[field];
  }
  entry["flavors"] = ordered_json::object();
  if (model["flavors"].is_object()) {
    for (const auto& [name, flavor] : model["flavors"].items()) {
      entry["flavors"][name] = flavor;
      if (flavor.is_object()) entry["flavors"][name].erase("config");
    }
  }
  return Dump(entry);
}

std::string AppendToModelHistory(const std::string& history, const std::string& entry) {
  const ordered_json earlier = Parse(history);
  if (!earlier.is_array() || earlier.empty()) return absl::StrCat("[", entry, "]");
  return absl::StrCat(absl::StripSuffix(Dump(earlier), "]"), ", ", entry, "]");
}

}  // namespace millwright::tracker
