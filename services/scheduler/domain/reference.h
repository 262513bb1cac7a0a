#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace millwright::scheduler {

/// `${params.x}` or `${steps.id.outputs.a.b}`; a `?` at the end makes it optional.
struct Reference {
  std::string text;               // as written, with ${}
  std::string param;              // set: params.<param>…
  std::string step;               // set: steps.<step>.outputs…
  std::vector<std::string> path;  // below it; a number picks from a list
  bool is_optional = false;
};

/// The references of a text, in order. InvalidArgument names `path` and what a reference looks like. `$${` stands for a plain
/// `${`.
absl::StatusOr<std::vector<Reference>> FindReferences(const std::string& text, const std::string& path);

/// The references of all texts inside a value; errors name the place below `path`.
absl::StatusOr<std::vector<Reference>> AllReferences(const nlohmann::json& value, const std::string& path);

/// What references point to: {name: value} and {step: outputs}.
struct Scope {
  nlohmann::json params = nlohmann::json::object();
  nlohmann::json steps = nlohmann::json::object();
};

/// `value` with its references replaced. A text that is one reference takes the value with its type; inside a longer text a value
/// stands as text. An optional reference to nothing removes its key or list entry. NotFound names the place and the part of the
/// reference that is missing.
absl::StatusOr<nlohmann::json> Resolve(const nlohmann::json& value, const Scope& scope, const std::string& path);

}  // namespace millwright::scheduler
