#include "lib/learn/plant/plant.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_format.h"
#include "lib/base/check.h"
#include "lib/learn/table/labels.h"

namespace millwright::learn::plant {

namespace {

enum SensorIndex {
  kTemperature,
  kVibrationX,
  kVibrationY,
  kVibrationZ,
  kPressure,
  kSpeed,
  kCurrent,
  kVoltage,
  kPowerFactor,
  kNoise
};

/// How the wear of a mode shows at wear 1, in the units of each sensor.
struct FailureMode {
  std::string_view name;
  std::array<double, kSensors> effect;
};
constexpr FailureMode kModes[] = {
    //                 °C   mm/s  mm/s  mm/s  bar   rpm   A    V    1      dB
    {"bearing wear", {14.0, 2.6, 2.2, 1.0, -0.15, -4, 1.2, 0.0, -0.010, 7.0}},
    {"seal leak", {4.0, 0.5, 0.4, 1.4, -1.10, 6, -1.5, 0.0, -0.015, 3.5}},
    {"winding insulation", {17.0, 0.3, 0.3, 0.2, -0.20, -9, 3.2, -4.0, -0.060, 2.0}},
    {"impeller cavitation", {3.0, 1.4, 1.8, 2.8, -0.60, -3, -0.8, 0.0, -0.012, 9.0}},
};

/// What a pump is asked to do; speed as a share of nominal.
struct Regime {
  double speed;
  double load;
};
constexpr Regime kRegimes[] = {{0.72, 0.55}, {0.88, 0.80}, {1.00, 1.00}};

/// A sensor that lies for a while.
struct SensorFault {
  enum class Kind { kNone, kStuck, kDrift, kDropout };
  Kind kind = Kind::kNone;
  int minutes_left = 0;
  double value = 0;  // stuck at, or drifted by so far
  double slope = 0;  // of a drift, a minute
};

constexpr std::array<double, kSensors> kMeasurementNoise = {0.5, 0.16, 0.16, 0.14, 0.05, 2.5, 0.28, 1.1, 0.004, 0.8};
constexpr std::array<double, kSensors> kSpike = {25, 6, 6, 6, 2.5, 150, 9, 40, 0.2, 18};

double Rounded(double value, double resolution) { return std::round(value / resolution) * resolution; }

}  // namespace

const std::array<Sensor, kSensors> kPlantSensors = {{{"temperature", "°C", 0.125},
                                                     {"vibration_x", "mm/s", 0.0078125},
                                                     {"vibration_y", "mm/s", 0.0078125},
                                                     {"vibration_z", "mm/s", 0.0078125},
                                                     {"pressure", "bar", 0.0078125},
                                                     {"speed", "rpm", 0.5},
                                                     {"current", "A", 0.03125},
                                                     {"voltage", "V", 0.25},
                                                     {"power_factor", "", 0.0009765625},
                                                     {"noise", "dB", 0.125}}};

struct Plant::Pump {
  explicit Pump(std::uint64_t seed) : random(seed) {
    for (std::size_t i = 0; i < kSensors; ++i) character[i] = random.Normal();
    Overhaul();
    // The fleet was not built on one day.
    age = random.Between(0, 0.7) * life;
  }

  /// A new part: a new life and a new way to end it.
  void Overhaul() {
    mode = static_cast<std::size_t>(random.Below(std::size(kModes)));
    life = std::max(120.0, 330 + 90 * random.Normal());
    age = 0;
    breaking_point = random.Between(0.85, 1.15);
    severity = random.Between(0.75, 1.25);
    wear_noise = 0;
  }

  /// 0 for new, about 1 at the end; slow for most of a life, then ever faster. A power by multiplication keeps to exact
  /// arithmetic.
  double Wear() const {
    const double share = age / life;
    return 0.12 * share + 0.88 * share * share * share * share * share * share + wear_noise;
  }

  void ChooseRegime() {
    if (--regime_minutes > 0) return;
    regime = static_cast<std::size_t>(random.Below(std::size(kRegimes)));
    regime_minutes = 30 + static_cast<int>(random.Below(150));
  }

  std::array<double, kSensors> Truth(double minute_of_day) {
    const Regime& target = kRegimes[regime];
    speed += 0.35 * (target.speed - speed);
    load += 0.25 * (target.load - load);
    const double wear = std::max(0.0, Wear()) * severity;
    // Day is warm and night is cool: a parabola over the day.
    const double day = minute_of_day / 1440;
    const double ambient = 14 + 24 * day * (1 - day) * 1.6;
    const double power = speed * speed * speed * load;
    std::array<double, kSensors> value{};
    temperature += 0.06 * (ambient + 22 + 26 * power + kModes[mode].effect[kTemperature] * wear - temperature);
    value[kTemperature] = temperature;
    const double shake = 0.9 + 0.9 * speed * speed;
    value[kVibrationX] = shake * 1.00;
    value[kVibrationY] = shake * 0.85;
    value[kVibrationZ] = shake * 0.60;
    value[kPressure] = 5.8 * speed * speed * (1.12 - 0.18 * load);
    value[kSpeed] = 1480 * speed;
    value[kCurrent] = 6 + 24 * power;
    value[kVoltage] = 400 - 3 * load;
    value[kPowerFactor] = 0.74 + 0.13 * load;
    value[kNoise] = 62 + 14 * speed;
    for (std::size_t i = 0; i < kSensors; ++i) {
      if (i != kTemperature) value[i] += kModes[mode].effect[i] * wear * (0.5 + 0.5 * load);
      value[i] += 1.5 * kMeasurementNoise[i] * character[i] + kMeasurementNoise[i] * random.Normal();
    }
    for (const std::size_t i : {kVibrationX, kVibrationY, kVibrationZ}) value[i] = std::max(value[i], 0.05);
    value[kPowerFactor] = std::clamp(value[kPowerFactor], 0.3, 0.99);
    return value;
  }

  void Disturb(std::array<double, kSensors>& values) {
    for (std::size_t i = 0; i < kSensors; ++i) {
      SensorFault& fault = faults[i];
      if (fault.minutes_left == 0) {
        fault.kind = SensorFault::Kind::kNone;
        if (random.Chance(0.0006)) {
          fault = {.kind = SensorFault::Kind::kDropout, .minutes_left = 1 + static_cast<int>(random.Below(25))};
        } else if (random.Chance(0.00015)) {
          fault = {
              .kind = SensorFault::Kind::kStuck, .minutes_left = 10 + static_cast<int>(random.Below(80)), .value = values[i]};
        } else if (random.Chance(0.0001)) {
          fault = {.kind = SensorFault::Kind::kDrift,
                   .minutes_left = 40 + static_cast<int>(random.Below(120)),
                   .slope = kMeasurementNoise[i] * random.Between(-0.12, 0.12)};
        }
      }
      if (fault.minutes_left > 0) --fault.minutes_left;
      fault.value += fault.slope;
      if (fault.kind == SensorFault::Kind::kStuck) values[i] = fault.value;
      if (fault.kind == SensorFault::Kind::kDrift) values[i] += fault.value;
      if (random.Chance(0.0008)) values[i] += kSpike[i] * random.Between(-1, 1);
      values[i] = Rounded(values[i], kPlantSensors[i].resolution);
      if (fault.kind == SensorFault::Kind::kDropout || random.Chance(0.002)) values[i] = std::numeric_limits<double>::quiet_NaN();
    }
  }

  Random random;
  std::array<double, kSensors> character{};  // how this pump differs from its sisters
  std::array<SensorFault, kSensors> faults{};
  std::size_t mode = 0;
  double life = 0;  // minutes at full load
  double age = 0;
  double breaking_point = 1;
  double severity = 1;
  double wear_noise = 0;
  std::size_t regime = 2;
  int regime_minutes = 0;
  double speed = 0.8;
  double load = 0.7;
  double temperature = 50;
  int repair_minutes = 0;
  int lost_minutes = 0;  // the whole pump's messages are lost
};

Plant::Plant(const PlantOptions& options) : options_(options) {
  CHECK(options.pumps >= 1 && options.pumps <= 1000);
  CHECK(options.minutes >= 1 && options.minutes <= 10'000'000);
  Random seeds(options.seed);
  for (int i = 0; i < options.pumps; ++i) pumps_.emplace_back(seeds.Next());
}

Plant::~Plant() = default;
Plant::Plant(Plant&&) noexcept = default;
Plant& Plant::operator=(Plant&&) noexcept = default;

std::optional<PlantMinute> Plant::Next() {
  if (minute_ == options_.minutes) return std::nullopt;
  PlantMinute out;
  const std::int64_t now = options_.start_seconds + std::int64_t{60} * minute_;
  for (int i = 0; i < options_.pumps; ++i) {
    Pump& pump = pumps_[static_cast<std::size_t>(i)];
    if (pump.repair_minutes > 0) {
      if (--pump.repair_minutes == 0) {
        pump.Overhaul();
        out.events.push_back({.kind = PlantEvent::Kind::kMaintenance, .pump = i, .seconds = now, .detail = "repaired"});
      }
      continue;
    }
    pump.ChooseRegime();
    pump.age += 0.6 + 0.5 * pump.load;
    pump.wear_noise = 0.9 * pump.wear_noise + 0.008 * pump.random.Normal();
    PlantRow row{.pump = i, .seconds = now, .values = pump.Truth(minute_ % 1440)};
    pump.Disturb(row.values);
    if (pump.lost_minutes > 0)
      --pump.lost_minutes;
    else if (pump.random.Chance(0.0004))
      pump.lost_minutes = 1 + static_cast<int>(pump.random.Below(5));
    const bool has_failed = pump.Wear() >= pump.breaking_point;
    // The trip itself is always reported.
    if (pump.lost_minutes == 0 || has_failed) out.rows.push_back(row);
    if (!has_failed) continue;
    out.events.push_back(
        {.kind = PlantEvent::Kind::kFailure, .pump = i, .seconds = now, .detail = std::string(kModes[pump.mode].name)});
    pump.repair_minutes = 25 + static_cast<int>(pump.random.Below(50));
    pump.lost_minutes = 0;
    pump.faults = {};
  }
  ++minute_;
  return out;
}

std::string_view Name(PlantEvent::Kind kind) { return kind == PlantEvent::Kind::kFailure ? "failure" : "maintenance"; }

std::string PumpName(int pump) { return absl::StrFormat("pump-%02d", pump + 1); }

PlantHistory Simulate(const PlantOptions& options) {
  Plant plant(options);
  PlantHistory history;
  std::vector<std::vector<PlantRow>> by_pump(static_cast<std::size_t>(options.pumps));
  std::vector<AssetEvent> failures;
  while (std::optional<PlantMinute> minute = plant.Next()) {
    for (const PlantRow& row : minute->rows) by_pump[static_cast<std::size_t>(row.pump)].push_back(row);
    for (PlantEvent& event : minute->events) {
      if (event.kind == PlantEvent::Kind::kFailure)
        failures.push_back({.asset = PumpName(event.pump), .time = static_cast<double>(event.seconds)});
      history.events.push_back(std::move(event));
    }
  }
  Column asset{.spec = {.name = "asset", .role = ColumnRole::kAsset, .type = ColumnType::kText}};
  Column time{.spec = {.name = "time", .role = ColumnRole::kTime, .unit = "s"}};
  std::array<Column, kSensors> sensors;
  for (std::size_t i = 0; i < kSensors; ++i)
    sensors[i].spec = {.name = std::string(kPlantSensors[i].name), .unit = std::string(kPlantSensors[i].unit)};
  for (const std::vector<PlantRow>& rows : by_pump) {
    for (const PlantRow& row : rows) {
      asset.texts.push_back(PumpName(row.pump));
      time.numbers.push_back(static_cast<double>(row.seconds));
      for (std::size_t i = 0; i < kSensors; ++i) sensors[i].numbers.push_back(row.values[i]);
    }
  }
  CHECK_OK(history.table.AddColumn(std::move(asset)));
  CHECK_OK(history.table.AddColumn(std::move(time)));
  for (Column& sensor : sensors) CHECK_OK(history.table.AddColumn(std::move(sensor)));
  CHECK_OK(AddEventLabel(history.table, "asset", "time", failures, "failure").status());
  return history;
}

}  // namespace millwright::learn::plant
