#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace millwright::mlflow {

/// The header with which a browser saves an answer under the last part of `path` (UTF-8) and never shows it: RFC 6266, with a
/// fall-back in ASCII where the name needs one. Whatever the name holds, it stays inside its quotes.
std::string AttachmentNamed(absl::string_view path);

}  // namespace millwright::mlflow
