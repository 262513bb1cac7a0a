#include "scheduler/domain/study_spec.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "scheduler/domain/definition_json.h"
#include "scheduler/domain/distribution.h"
#include "scheduler/domain/samplers/sampler.h"

namespace millwright::scheduler {

using nlohmann::json;

absl::StatusOr<StudySpec> ParseStudySpec(const json& study, const std::string& path) {
  RETURN_IF_ERROR(CheckKeys(study, path, {"metric", "direction", "sampler", "trials", "seed", "parallel", "space"}));
  StudySpec spec;
  const auto whole = [&](const char* key, std::int64_t fallback, std::int64_t low,
                         std::int64_t high) -> absl::StatusOr<std::int64_t> {
    const auto found = study.find(key);
    if (found == study.end()) return fallback;
    if (!found->is_number() || found->get<double>() != std::floor(found->get<double>()) ||
        found->get<double>() < static_cast<double>(low) || found->get<double>() > static_cast<double>(high))
      return Bad(absl::StrCat(path, ".", key), absl::StrCat(Show(*found), " is not a whole number from ", low, " to ", high));
    return found->get<std::int64_t>();
  };
  ASSIGN_OR_RETURN(spec.metric, Text(study, absl::StrCat(path, ".metric"), "metric", 200));
  if (spec.metric.empty()) return Bad(absl::StrCat(path, ".metric"), "is missing (such as validation_rmse)");
  std::string direction;
  ASSIGN_OR_RETURN(direction, Text(study, absl::StrCat(path, ".direction"), "direction", 200, "minimize"));
  if (direction != "minimize" && direction != "maximize")
    return Bad(absl::StrCat(path, ".direction"), absl::StrCat("\"", direction, "\" is not minimize or maximize"));
  spec.maximize = direction == "maximize";
  ASSIGN_OR_RETURN(spec.sampler, Text(study, absl::StrCat(path, ".sampler"), "sampler", 100, "tpe"));
  if (const auto sampler = FindSampler(spec.sampler); !sampler.ok())
    return Bad(absl::StrCat(path, ".sampler"), std::string(sampler.status().message()));
  ASSIGN_OR_RETURN(spec.trials, whole("trials", 20, 1, kMaxTrials));
  ASSIGN_OR_RETURN(spec.seed, whole("seed", 1, -9007199254740992, 9007199254740992));
  ASSIGN_OR_RETURN(spec.parallel, whole("parallel", 2, 1, kMaxParallel));
  if (!study.contains("space"))
    return Bad(absl::StrCat(path, ".space"), "is missing: a map of parameters, each {type, low, high, …}");
  spec.space = study["space"];
  RETURN_IF_ERROR(ParseSpace(spec.space, absl::StrCat(path, ".space")).status());
  return spec;
}

}  // namespace millwright::scheduler
