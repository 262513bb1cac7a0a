#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace millwright::scheduler {

/// What a study step says, references resolved.
struct StudySpec {
  std::string metric;
  bool maximize = false;
  std::string sampler = "tpe";
  int trials = 20;
  std::int64_t seed = 1;
  int parallel = 2;
  nlohmann::json space;  // as ParseSpace reads
};
inline constexpr int kMaxTrials = 10'000;
inline constexpr int kMaxParallel = 64;
absl::StatusOr<StudySpec> ParseStudySpec(const nlohmann::json& study, const std::string& path);

}  // namespace millwright::scheduler
