#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/learn/plant/random.h"
#include "lib/learn/table/table.h"

namespace millwright::learn::plant {

inline constexpr std::size_t kSensors = 10;

/// A sensor's name, as column and in telemetry, and its unit.
struct Sensor {
  std::string_view name;
  std::string_view unit;
  double resolution;  // readings are multiples of it
};
extern const std::array<Sensor, kSensors> kPlantSensors;

struct PlantOptions {
  int pumps = 8;              // 1 to 1,000
  int minutes = 4 * 24 * 60;  // of plant time, 1 to 10,000,000
  std::uint64_t seed = 1;
  std::int64_t start_seconds = 1'704'067'200;  // 2024-01-01T00:00:00Z
};

/// One reading of a running pump. A dropped-out sensor is NaN. A pump that is being repaired sends no rows.
struct PlantRow {
  int pump = 0;              // from 0
  std::int64_t seconds = 0;  // since 1970
  std::array<double, kSensors> values{};
};

/// A failure (at the time of the pump's last row) or the end of its repair.
struct PlantEvent {
  enum class Kind { kFailure, kMaintenance };
  Kind kind = Kind::kFailure;
  int pump = 0;
  std::int64_t seconds = 0;
  std::string detail;  // "bearing wear", …
};

std::string_view Name(PlantEvent::Kind kind);
/// "pump-01" for pump 0.
std::string PumpName(int pump);

/// What the fleet says in one minute.
struct PlantMinute {
  std::vector<PlantRow> rows;
  std::vector<PlantEvent> events;
};

/// A fleet of pumps that wear, fail and are repaired, minute by minute. The same options give the same values on every machine.
class Plant {
 public:
  explicit Plant(const PlantOptions& options);
  ~Plant();
  Plant(Plant&&) noexcept;
  Plant& operator=(Plant&&) noexcept;

  /// The next minute, or nothing after options.minutes.
  std::optional<PlantMinute> Next();

 private:
  struct Pump;
  PlantOptions options_;
  int minute_ = 0;
  std::vector<Pump> pumps_;
};

/// A whole history as a table (asset, time, ten sensors; label `failure`), sorted by pump, and its events.
struct PlantHistory {
  Table table;
  std::vector<PlantEvent> events;
};
PlantHistory Simulate(const PlantOptions& options);

}  // namespace millwright::learn::plant
