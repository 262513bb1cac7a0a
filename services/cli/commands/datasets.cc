#include "cli/commands/datasets.h"

#include "absl/strings/str_cat.h"
#include "cli/commands/pipelines.h"
#include "cli/door.h"
#include "import_dataset_pipeline.h"
#include "lib/base/files.h"
#include "lib/base/status_macros.h"

namespace millwright::cli {
namespace {

absl::StatusOr<nlohmann::json> ReadFormat(const ImportOptions& options) {
  nlohmann::json format = nlohmann::json::object();
  if (!options.format.empty()) format = nlohmann::json::parse(options.format, nullptr, /*allow_exceptions=*/false);
  if (!format.is_object() || (format.contains("roles") && !format["roles"].is_object()))
    return absl::InvalidArgumentError(
        absl::StrCat("--format: ", options.format, " is not a JSON object such as {\"delimiter\": \";\"}"));
  if (!options.asset.empty()) format["roles"][options.asset] = "asset";
  if (!options.time.empty()) format["roles"][options.time] = "time";
  return format;
}

absl::StatusOr<nlohmann::json> ReadRules(const std::string& rules) {
  if (rules == "previous") return nlohmann::json{{"rules", "previous"}};
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(rules, 4 << 20));
  nlohmann::json list = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (list.is_object() && list.contains("rules")) list = list["rules"];
  if (!list.is_array()) return absl::InvalidArgumentError(absl::StrCat(rules, " is not a JSON list of rules"));
  return nlohmann::json{{"rules", list}};
}

absl::StatusOr<scheduler::v1::PipelineRun> Import(const ImportOptions& options, const Session& session) {
  ASSIGN_OR_RETURN(const nlohmann::json format, ReadFormat(options));
  nlohmann::json parameters{{"dataset", options.dataset}, {"format", format.dump()}};
  if (!options.rules.empty()) {
    ASSIGN_OR_RETURN(const nlohmann::json rules, ReadRules(options.rules));
    parameters["validation"] = rules.dump();
  }
  ASSIGN_OR_RETURN(parameters["data"], UploadInput(options.path, session));
  return RunToEnd("import-dataset", import_dataset_pipeline().front().second, parameters, session);
}

}  // namespace

int ImportDataset(const ImportOptions& options, const Session& session) {
  const absl::StatusOr<scheduler::v1::PipelineRun> run = Import(options, session);
  return run.ok() ? ShowEnd(*run, session) : Report(run.status());
}

}  // namespace millwright::cli
