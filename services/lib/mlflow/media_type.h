#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace millwright::mlflow {

/// What a browser or client should take a file for, by its name alone: never by its content or by who sent it.
std::string MediaTypeOf(absl::string_view path);

}  // namespace millwright::mlflow
