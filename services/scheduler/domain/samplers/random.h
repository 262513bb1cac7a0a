#pragma once

#include <cstdint>

namespace millwright::scheduler {

/// A small generator (splitmix64) whose stream is fixed by (seed, trial number) on every machine.
class Random {
 public:
  Random(std::int64_t seed, int number)
      : state_(Mix(static_cast<std::uint64_t>(seed)) ^ Mix(0x7261'6e64'0000'0000ULL + static_cast<std::uint64_t>(number))) {}

  /// In (0, 1), never an end.
  double Uniform() { return (static_cast<double>(Next() >> 12) + 0.5) * 0x1.0p-52; }

 private:
  static std::uint64_t Mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t Next() { return Mix(state_ += 0x9e37'79b9'7f4a'7c15ULL); }
  std::uint64_t state_;
};

}  // namespace millwright::scheduler
