#pragma once

#include <map>
#include <string>
#include <vector>

namespace millwright::cli {

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

/// A command that is one unary RPC. `list` commands get --limit by themselves.
struct UnaryCommand {
  const char* group;
  const char* verb;
  const char* method;  // full name, such as "millwright.tracker.v1.TrackerService.GetRun"
  const char* help;
  std::vector<Argument> arguments;
};

/// A column of a list: a heading and the field it shows, such as "best_trial.value".
struct Column {
  const char* heading;
  const char* path;
};

/// What the command line knows of a service: its commands that are one call, and how its messages are listed, by their full name.
struct ServiceTable {
  std::vector<UnaryCommand> commands;
  std::map<std::string, std::vector<Column>> columns;
};
const ServiceTable& TrackerTable();
const ServiceTable& RegistryTable();
const ServiceTable& SchedulerTable();
const ServiceTable& TelemetryTable();
const ServiceTable& ServingTable();   // with monitor's
const ServiceTable& PlatformTable();  // users, tokens, workspaces, audit, status

/// All of them.
const std::vector<const ServiceTable*>& ServiceTables();
/// The columns of a message type; null when no table names it.
const std::vector<Column>* FindColumns(const std::string& type);

}  // namespace millwright::cli
