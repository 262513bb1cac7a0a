#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace millwright::scheduler {

/// A pipeline that starts by the clock.
struct Schedule {
  std::string name;
  std::string pipeline;
  nlohmann::json parameters;
  std::string cron;
  std::string time_zone;
  bool is_paused = false;
  std::optional<absl::Time> next_at;  // empty while paused, or when the expression never matches again
  std::optional<absl::Time> last_at;
  std::string last_pipeline_run_id;
};

/// Of the ticks that were missed only the latest is made up for, and only when it is younger than this.
inline constexpr absl::Duration kCatchUpWindow = absl::Hours(1);

}  // namespace millwright::scheduler
