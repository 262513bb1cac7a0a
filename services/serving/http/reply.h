#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace millwright::serving {

/// What goes back: JSON, and further header lines, each with its "\r\n".
struct Reply {
  int status = 200;
  std::string body;
  std::string headers;
};

/// {"error": text}, the one form of every error, as Open Inference Protocol clients read it.
Reply ErrorReply(int status, absl::string_view text);
/// The same with the HTTP number of a status: 400 for what the caller can mend, 401, 403, 404, 429, 500, 501, 503, 504.
Reply ErrorReply(const absl::Status& status);

/// The bytes on the wire.
std::string Serialize(const Reply& reply, unsigned http_version, bool keep_alive);

}  // namespace millwright::serving
