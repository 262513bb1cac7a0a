#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/commands/unary_command.h"
#include "millwright/scheduler/v1/scheduler.pb.h"
#include "nlohmann/json.hpp"

namespace millwright::cli {

struct RunOptions {
  std::string pipeline;
  std::vector<std::string> settings;  // key=value
  bool wait = false;
};
/// `millwright pipelines run`. Parameters of type file are read here and streamed to the platform. The exit code.
int RunPipeline(const RunOptions& options, const Session& session);

/// Runs a pipeline with these parameters and follows it to its end, with its progress on stderr. Where the workspace has no
/// pipeline of that name, `definition` is put there first.
absl::StatusOr<scheduler::v1::PipelineRun> RunToEnd(const std::string& pipeline, const std::string& definition,
                                                    const nlohmann::json& parameters, const Session& session);

/// Sends a file to the platform, or all CSV files of a folder in order of their names: the value of a parameter of type file.
absl::StatusOr<nlohmann::json> UploadInput(const std::string& path, const Session& session);

/// Prints how a run ended, with its outputs. The exit code.
int ShowEnd(const scheduler::v1::PipelineRun& run, const Session& session);

/// `millwright pipelines watch`: follows a run to its end, through restarts of the gateway.
int WatchPipeline(const std::string& pipeline_run_id, const Session& session);

/// `millwright pipelines put`: a new definition from a YAML file.
int PutPipeline(const std::string& file, const Session& session);

/// The JSON of a run that has ended: status, pipeline_run_id, error, and the run's outputs beside them.
nlohmann::ordered_json Summary(const scheduler::v1::PipelineRun& run);

/// A parameter's value from text, by its declared type. Not for files. InvalidArgument names the parameter.
absl::StatusOr<nlohmann::json> ReadParameter(const std::string& name, scheduler::v1::ParameterType type, const std::string& text);

}  // namespace millwright::cli
