#include "tracker/domain/log_errors.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace millwright::tracker {
namespace {

constexpr char kPayload[] = "millwright.tracker/param_conflicts";

}  // namespace

absl::Status ParamConflictError(const RunId& run, const std::vector<ParamConflict>& conflicts) {
  const ParamConflict& first = conflicts.front();
  absl::Status status =
      absl::InvalidArgumentError(absl::StrCat("params: \"", first.key, "\" of run ", run.value(), " is \"", first.value,
                                              "\" already and cannot become \"", first.refused, "\": params are immutable"));
  nlohmann::json payload = nlohmann::json::array();
  for (const ParamConflict& conflict : conflicts) payload.push_back({conflict.key, conflict.value, conflict.refused});
  status.SetPayload(kPayload, absl::Cord(payload.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
  return status;
}

std::vector<ParamConflict> ConflictsOf(const absl::Status& status) {
  std::vector<ParamConflict> conflicts;
  if (const auto payload = status.GetPayload(kPayload)) {
    for (const auto& item : nlohmann::json::parse(std::string(*payload))) {
      conflicts.push_back({item[0].get<std::string>(), item[1].get<std::string>(), item[2].get<std::string>()});
    }
  }
  return conflicts;
}

absl::Status DeletedRunError(const RunId& run) {
  return absl::FailedPreconditionError(
      absl::StrCat("The run ", run.value(), " must be in the 'active' state. Current state is deleted."));
}

absl::Status DeletedExperimentError(const ExperimentId& experiment) {
  return absl::FailedPreconditionError(
      absl::StrCat("The experiment ", experiment.value(), " must be in the 'active' state. Current state is deleted."));
}

absl::Status NoSuchRun(const RunId& run) { return absl::NotFoundError(absl::StrCat("no run has the id ", run.value())); }

}  // namespace millwright::tracker
