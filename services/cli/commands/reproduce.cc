#include "cli/commands/reproduce.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "cli/commands/pipelines.h"
#include "cli/door.h"
#include "reproduce_pipeline.h"

namespace millwright::cli {

int ReproduceModel(const ReproduceOptions& options, const Session& session) {
  const absl::StatusOr<scheduler::v1::PipelineRun> run = RunToEnd(
      "reproduce", reproduce_pipeline().front().second, {{"model", options.model}, {"version", options.version}}, session);
  if (!run.ok()) return Report(run.status());
  const nlohmann::ordered_json summary = Summary(*run);
  if (session.format == OutputFormat::kJson) {
    std::printf("%s\n", summary.dump(2).c_str());
  } else if (summary.contains("recorded_hash")) {
    const bool is_equal = summary.value("equal", false);
    std::printf("%s\nrecorded    %s\nreproduced  %s\n", is_equal ? "equal" : "differs",
                summary.value("recorded_hash", "").c_str(), summary.value("reproduced_hash", "").c_str());
    if (!is_equal && summary.contains("differing_files"))
      std::printf("files that differ: %s\n", summary["differing_files"].dump().c_str());
  }
  if (run->state() != scheduler::v1::STATE_SUCCEEDED) {
    std::fprintf(stderr, "%s\n", run->error().c_str());
    return kRefused;
  }
  return summary.value("equal", false) ? kOk : kRefused;
}

}  // namespace millwright::cli
