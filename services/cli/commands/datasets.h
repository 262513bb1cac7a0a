#pragma once

#include <string>

#include "cli/commands/unary_command.h"

namespace millwright::cli {

struct ImportOptions {
  std::string dataset;
  std::string path;    // a file, or a folder of files with the same columns
  std::string asset;   // the column that names the machine
  std::string time;    // the column with the time
  std::string format;  // further CSV options, JSON
  std::string rules;   // "previous", or a JSON file with a list of rules
};

/// `millwright datasets import`: makes files the next version of a dataset, by the pipeline import-dataset. The exit code.
int ImportDataset(const ImportOptions& options, const Session& session);

}  // namespace millwright::cli
