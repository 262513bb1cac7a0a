#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/output.h"
#include "cli/supervisor/home.h"

namespace millwright::cli {

/// What every command gets from the options before it.
struct Session {
  std::string home;
  std::string address;
  std::string token;
  OutputFormat format = OutputFormat::kTable;
};

/// How a request field gets its value.
enum class From {
  kPosition,  // NAME
  kFlag,      // --name VALUE
  kList,      // --name VALUE, may be given again
  kSet,       // --set key=value, may be given again: a Struct
  kFixed,     // always `fallback`
};
struct Argument {
  const char* name;   // as a person types it
  const char* field;  // of the request
  From from = From::kPosition;
  const char* help = "";
  const char* fallback = "";  // used when a flag is not given
  bool required = false;      // of a flag
};

/// A command that is one unary RPC: a row of the table in unary_command.cc.
struct UnaryCommand {
  const char* group;
  const char* verb;
  const char* method;  // full name, such as "millwright.tracker.v1.TrackerService.GetRun"
  const char* help;
  std::vector<Argument> arguments;
};
const std::vector<UnaryCommand>& UnaryCommands();

/// What was typed, by argument name.
using Values = std::map<std::string, std::vector<std::string>>;

/// Sets a field from text: numbers, yes/no, enum values by short name ("production"). InvalidArgument says what would be right.
absl::Status SetField(google::protobuf::Message& message, const std::string& field, const std::string& name,
                      const std::string& text);

/// The request of a command. InvalidArgument for what cannot be read.
absl::Status FillRequest(const UnaryCommand& command, const Values& values, google::protobuf::Message& request);

/// Runs it and prints; lists follow their pages up to `limit` entries. The exit code.
int RunUnary(const UnaryCommand& command, const Values& values, const Session& session, int limit);

/// "key=value" apart; InvalidArgument without '='.
absl::StatusOr<std::pair<std::string, std::string>> SplitSetting(const std::string& text);

/// Prints to stderr and returns the exit code.
int Report(const absl::Status& status);

}  // namespace millwright::cli
