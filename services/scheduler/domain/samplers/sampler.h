#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "scheduler/domain/distribution.h"

namespace millwright::scheduler {

/// A trial as samplers see it. Without a value it is waiting or running; failed trials are not shown to samplers.
struct Observation {
  int number = 0;
  nlohmann::json params;
  std::optional<double> value;  // finite
};

/// What a proposal may depend on, all of it read from the database: the same input gives the same proposal in any process.
struct Proposal {
  const std::vector<Distribution>& space;
  bool maximize = false;
  std::int64_t seed = 0;
  int number = 0;                           // of the trial to propose
  int max_trials = 0;                       // of the study
  const std::vector<Observation>& history;  // by number
};

/// Proposes a trial's parameters: an object with one value for each distribution.
using Sampler = nlohmann::json (*)(const Proposal&);

nlohmann::json SampleRandom(const Proposal& proposal);
nlohmann::json SampleTpe(const Proposal& proposal);

struct NamedSampler {
  const char* name;
  Sampler sample;
};

/// Every sampler there is.
inline constexpr NamedSampler kSamplers[] = {
    {"random", &SampleRandom},
    {"tpe", &SampleTpe},
};

/// InvalidArgument names the known ones.
absl::StatusOr<Sampler> FindSampler(const std::string& name);

}  // namespace millwright::scheduler
