#include "telemetry/domain/sample.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"

namespace millwright::telemetry {
namespace {

constexpr double kYear1 = -62135596800.0;
constexpr double kYear10000 = 253402300800.0;

}  // namespace

absl::StatusOr<std::int64_t> ParseEventTime(double seconds, std::size_t index) {
  if (!(seconds >= kYear1 && seconds < kYear10000)) {
    return absl::InvalidArgumentError(absl::StrCat("batch.event_times[", index, "]: ", seconds,
                                                   " is not a time; seconds since 1970 in the years 1 to 9999 are"));
  }
  return std::llround(seconds * 1e6);
}

absl::Status CheckBatch(const SampleBatch& batch) {
  if (batch.sensors.empty()) return absl::InvalidArgumentError("batch.sensors: is empty; it names the columns");
  const std::size_t expected = batch.sensors.size() * batch.event_us.size();
  if (batch.values.size() != expected) {
    return absl::InvalidArgumentError(absl::StrCat("batch.values: has ", batch.values.size(), " entries; ", batch.event_us.size(),
                                                   " event times of ", batch.sensors.size(), " sensors need ", expected));
  }
  if (expected > kMaxValues)
    return absl::InvalidArgumentError(
        absl::StrCat("batch.values: has ", expected, " entries; at most ", kMaxValues, " go into one batch"));
  if (!batch.qualities.empty() && batch.qualities.size() != expected) {
    return absl::InvalidArgumentError(
        absl::StrCat("batch.qualities: has ", batch.qualities.size(), " entries; none or ", expected, " are right"));
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < batch.sensors.size(); ++i) {
    if (!names.insert(batch.sensors[i]).second) {
      return absl::InvalidArgumentError(absl::StrCat("batch.sensors[", i, "]: \"", batch.sensors[i], "\" is named twice"));
    }
  }
  for (std::size_t i = 0; i < expected; ++i) {
    if (std::isinf(batch.values[i]))
      return absl::InvalidArgumentError(absl::StrCat("batch.values[", i, "]: is infinite; NaN stands for no sample"));
  }
  return absl::OkStatus();
}

std::vector<Sample> SamplesOf(const SampleBatch& batch) {
  const std::size_t columns = batch.sensors.size();
  const bool is_ascending =
      std::adjacent_find(batch.event_us.begin(), batch.event_us.end(), std::greater_equal<>()) == batch.event_us.end();
  std::vector<Sample> samples;
  samples.reserve(batch.values.size());
  for (std::size_t column = 0; column < columns; ++column) {
    const std::size_t first = samples.size();
    for (std::size_t row = 0; row < batch.event_us.size(); ++row) {
      const std::size_t at = row * columns + column;
      if (!std::isnan(batch.values[at]))
        samples.push_back(
            {column, batch.event_us[row], batch.values[at], batch.qualities.empty() ? Quality::kGood : batch.qualities[at]});
    }
    if (is_ascending) continue;
    const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(first);
    // Reversed and stable: the last of equal times comes first, and unique keeps it.
    std::reverse(begin, samples.end());
    std::stable_sort(begin, samples.end(), [](const Sample& a, const Sample& b) { return a.event_us < b.event_us; });
    samples.erase(std::unique(begin, samples.end(), [](const Sample& a, const Sample& b) { return a.event_us == b.event_us; }),
                  samples.end());
  }
  return samples;
}

}  // namespace millwright::telemetry
