#pragma once

#include "cli/commands/unary_command.h"

namespace millwright::cli {

/// `millwright system reset-tracking`: empties tracker and registry, for tests of clients. The servers refuse unless they were
/// started with --allow-reset. The exit code.
int ResetTracking(const Session& session);

}  // namespace millwright::cli
