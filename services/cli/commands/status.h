#pragma once

#include "cli/commands/unary_command.h"

namespace millwright::cli {

/// `millwright status`: through the gateway; when that is away from the supervisor itself, else from what it wrote down last.
/// 0 when every service is ready, 1 when not, 3 when nothing runs.
int Status(const Session& session);

}  // namespace millwright::cli
