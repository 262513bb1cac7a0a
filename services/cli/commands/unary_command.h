#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/output.h"
#include "cli/supervisor/home.h"
#include "cli/tables/tables.h"

namespace millwright::cli {

/// What every command gets from the options before it.
struct Session {
  std::string home;
  std::string address;
  std::string token;
  OutputFormat format = OutputFormat::kTable;
};

/// What was typed, by argument name.
using Values = std::map<std::string, std::vector<std::string>>;

/// Sets a field from text: numbers, yes/no, enum values by short name ("production"). InvalidArgument says what would be right.
absl::Status SetField(google::protobuf::Message& message, const std::string& field, const std::string& name,
                      const std::string& text);

/// The request of a command. InvalidArgument for what cannot be read.
absl::Status FillRequest(const UnaryCommand& command, const Values& values, google::protobuf::Message& request);

/// Runs a command and prints; lists follow their pages up to `limit` entries. The exit code.
int RunUnary(const UnaryCommand& command, const Values& values, const Session& session, int limit);

/// "key=value" apart; InvalidArgument without '='.
absl::StatusOr<std::pair<std::string, std::string>> SplitSetting(const std::string& text);

/// Prints to stderr and returns the exit code.
int Report(const absl::Status& status);

}  // namespace millwright::cli
