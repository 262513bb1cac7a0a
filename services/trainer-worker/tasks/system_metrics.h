#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "trainer-worker/tasks/run_log.h"

namespace millwright::trainer {

/// What this machine and process are doing, under the names that MLflow's client uses: system/cpu_utilization_percentage (of all
/// cores since the sample before), system/system_memory_usage_megabytes and …_percentage; and of this process
/// system/process_cpu_utilization_percentage (100 is one core) and system/process_memory_usage_megabytes.
class SystemMetrics {
 public:
  /// Logs a sample when the last one is `interval` old, or there is none; what /proc does not tell is left out. The first sample
  /// has no utilization, which takes two.
  absl::Status SampleIfDue(RunLog& run);
  absl::Status Sample(RunLog& run);

 private:
  struct CpuTimes {
    double busy = 0;     // of all cores, in ticks
    double total = 0;    // of all cores
    double process = 0;  // of this process
    absl::Time at;
  };
  static CpuTimes ReadCpuTimes();

  absl::Duration interval_ = absl::Seconds(5);
  absl::Time sampled_at_ = absl::InfinitePast();
  CpuTimes before_;
  std::int64_t step_ = 0;
};

}  // namespace millwright::trainer
