#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nlohmann/json.hpp"

namespace millwright::bench {

/// Names and values of a pipeline's parameters.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// Says what went wrong and ends the program.
[[noreturn]] void Fail(const std::string& what);

/// A platform that is up, through its command line. The program ends when a call does not succeed.
class Platform {
 public:
  explicit Platform(std::string program) : program_(std::move(program)) {}

  std::string Text(const std::vector<std::string>& arguments) const;
  nlohmann::json Json(std::vector<std::string> arguments) const;
  /// The outputs of a pipeline run.
  nlohmann::json Run(const std::string& pipeline, const Settings& settings) const;
  /// The document that the run's evaluation left.
  nlohmann::json Evaluation(const nlohmann::json& run) const;
  std::string Artifact(const nlohmann::json& run, const std::string& path) const;

 private:
  std::string program_;
};

}  // namespace millwright::bench
