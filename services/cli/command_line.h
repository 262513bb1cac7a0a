#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands/unary_command.h"

namespace millwright::cli {

/// The grammar of `millwright`: options, groups and verbs. After a parse, `action` is what to do; it returns the exit code.
struct CommandLine {
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  CLI::App app{"Millwright: failure-prediction models, from sensor data to a watched release", "millwright"};
  Session session;
  std::function<int()> action;

 private:
  /// By its words: "runs artifacts".
  CLI::App* Group(const std::string& path);
  void AddUnary(const UnaryCommand& command);
  void AddPlatform();
  void AddPipelines();
  void AddModels();
  void AddRuns();
  void AddDatasets();
  void AddAssets();
  void AddSystem();
  void AddCompletion();
};

/// Parses and runs. The process's exit code.
int Run(int argc, char** argv);

/// A shell's completion script for the grammar; `shell` is "bash" or "zsh".
std::string CompletionScript(const CLI::App& app, const std::string& shell);

}  // namespace millwright::cli
