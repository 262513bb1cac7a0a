#include "tracker/domain/experiment.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"
#include "tracker/domain/metric.h"

namespace millwright::tracker {

absl::Status CheckExperimentName(absl::string_view name) {
  const std::size_t count = base::CountCharacters(name);
  if (count >= 1 && count <= 500) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("name: has ", count, " characters; an experiment's name has 1 to 500"));
}

absl::Status Normalise(NewExperiment& experiment) {
  RETURN_IF_ERROR(CheckExperimentName(experiment.name));
  if (base::CountCharacters(experiment.artifact_location) > 2048) {
    return absl::InvalidArgumentError(absl::StrCat("artifact_location: has ", base::CountCharacters(experiment.artifact_location),
                                                   " characters; at most 2048"));
  }
  return NormaliseTags(experiment.tags, kMaxExperimentTagValue);
}

std::string DefaultArtifactLocation(const ExperimentId& id) { return absl::StrCat("mlflow-artifacts:/", id.value()); }

absl::StatusOr<ExperimentId> ParseExperimentId(absl::string_view text) {
  if (text.empty()) return ExperimentId(kDefaultExperiment);
  bool is_number = text.size() <= 18 && (text[0] != '0' || text.size() == 1);
  for (const char c : text) is_number = is_number && absl::ascii_isdigit(static_cast<unsigned char>(c));
  if (!is_number)
    return absl::InvalidArgumentError(absl::StrCat("experiment_id: \"", text.substr(0, 100), "\" is not an experiment's number"));
  return ExperimentId(std::string(text));
}

}  // namespace millwright::tracker
