#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace millwright::mlflow {

// MLflow's messages show values as Python writes them, and clients compare messages. Texts are UTF-8.

/// As json.dumps: in double quotes, beyond ASCII as \uXXXX.
std::string PythonJson(absl::string_view text);
/// As repr: in single quotes where that needs no escape.
std::string PythonRepr(absl::string_view text);
/// "1.0", "1e-05", "nan".
std::string PythonRepr(double value);
/// "['a', 'b']".
std::string PythonList(const std::vector<std::string>& texts);

/// What os.path.normpath makes of a path.
std::string NormalPath(absl::string_view path);
/// Whether every character is a letter, digit or underscore of any script, or one of `others`.
bool HasOnlyWordCharactersAnd(absl::string_view others, absl::string_view text);
/// The first `count` characters.
std::string FirstCharacters(absl::string_view text, std::size_t count);

}  // namespace millwright::mlflow
