#include "bench/learning/results/platform.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace millwright::bench {

using nlohmann::json;

namespace {

std::string Quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

void Fail(const std::string& what) {
  std::fprintf(stderr, "error: %s\n", what.c_str());
  std::exit(1);
}

std::string Platform::Text(const std::vector<std::string>& arguments) const {
  std::string command = Quoted(program_);
  for (const std::string& argument : arguments) command += " " + Quoted(argument);
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) Fail("cannot start " + command);
  std::string out;
  char buffer[65536];
  while (const std::size_t n = std::fread(buffer, 1, sizeof(buffer), pipe)) out.append(buffer, n);
  if (pclose(pipe) != 0) Fail(command + " did not succeed");
  return out;
}

json Platform::Json(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"--output", "json"});
  return json::parse(Text(arguments));
}

json Platform::Run(const std::string& pipeline, const Settings& settings) const {
  std::vector<std::string> arguments{"pipelines", "run", pipeline, "--wait"};
  std::string shown;
  for (const auto& [name, value] : settings) {
    arguments.insert(arguments.end(), {"--set", name + "=" + value});
    shown += " " + name + "=" + std::filesystem::path(value).filename().string();
  }
  std::fprintf(stderr, "  %s%s\n", pipeline.c_str(), shown.c_str());
  return Json(arguments);
}

json Platform::Evaluation(const json& run) const { return json::parse(Artifact(run, "evaluation/evaluation.json")); }

std::string Platform::Artifact(const json& run, const std::string& path) const {
  return Text({"runs", "download", run.at("run_id").get<std::string>(), path});
}

}  // namespace millwright::bench
