#pragma once

#include <string>

#include "cli/commands/unary_command.h"

namespace millwright::cli {

struct WindowOptions {
  std::string asset;
  int rows = 60;
};
/// `millwright assets window`: the newest rows of an asset as the body of a prediction request, on stdout. The exit code.
int AssetWindow(const WindowOptions& options, const Session& session);

}  // namespace millwright::cli
