#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "telemetry/domain/asset.h"

namespace millwright::telemetry {

enum class Quality : std::int8_t { kGood = 0, kUncertain = 1, kBad = 2 };

/// Rows of one asset: values[row * sensors.size() + column]. NaN: no sample.
struct SampleBatch {
  AssetId asset_id;
  std::vector<std::string> sensors;
  std::vector<std::int64_t> event_us;  // microseconds since the Unix epoch
  std::vector<double> values;
  std::vector<Quality> qualities;  // empty (all good) or one per value
};

inline constexpr std::size_t kMaxValues = 100'000;  // of one written batch

/// Seconds since the epoch to microseconds. InvalidArgument, naming the index, for NaN, or outside the years 1 to 9999.
absl::StatusOr<std::int64_t> ParseEventTime(double seconds, std::size_t index);

/// InvalidArgument unless the sizes fit each other and the bound, sensors are named once, and no value is infinite.
absl::Status CheckBatch(const SampleBatch& batch);

/// One value on its way to a sensor; `column` counts in the batch's sensors.
struct Sample {
  std::size_t column;
  std::int64_t event_us;
  double value;
  Quality quality;
};

/// The samples of a batch by column and time, without the missing ones; of two with one time the later row counts.
std::vector<Sample> SamplesOf(const SampleBatch& batch);

}  // namespace millwright::telemetry
