#pragma once

#include <string>

#include "cli/commands/unary_command.h"

namespace millwright::cli {

/// One end is an artifact, or a folder of them, the other a file or folder here.
struct ArtifactTransfer {
  std::string run_id;
  std::string path;   // in the run; of put: empty for the file's own name
  std::string local;  // of get: "-" is standard output, empty the artifact's own name in the current folder
};

/// `millwright runs artifacts get`: an artifact's bytes, checked against their digest, into a file that appears when it is whole.
/// The exit code.
int GetArtifact(const ArtifactTransfer& transfer, const Session& session);

/// `millwright runs artifacts put`: a file or all files below a folder, streamed. The exit code.
int PutArtifact(const ArtifactTransfer& transfer, const Session& session);

}  // namespace millwright::cli
