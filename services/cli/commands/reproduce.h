#pragma once

#include <string>

#include "cli/commands/unary_command.h"

namespace millwright::cli {

struct ReproduceOptions {
  std::string model;
  int version = 0;
};
/// `millwright models reproduce`: trains the version again from its lineage on a worker and compares the content hashes. 0 when
/// they are equal, 1 when not or when it could not be trained.
int ReproduceModel(const ReproduceOptions& options, const Session& session);

}  // namespace millwright::cli
