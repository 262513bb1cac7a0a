#pragma once

#include <string>

#include "cli/commands/unary_command.h"

namespace millwright::cli {

struct DownloadOptions {
  std::string run_id;
  std::string path;
};
/// `millwright runs download`: the bytes of one artifact of a run, on stdout. The exit code.
int DownloadArtifact(const DownloadOptions& options, const Session& session);

}  // namespace millwright::cli
