#pragma once

#include <cstdint>
#include <string>

namespace millwright::serving {

/// 128 random bits from a fast generator of the calling thread, seeded by the kernel: unique, not secret.
struct PredictionId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  static PredictionId Random();
  /// The id of the `row`-th further row of one request: the last eight hex digits count up, around the end to 0.
  PredictionId Plus(std::uint32_t row) const;
  /// 32 lower-case hex digits.
  std::string ToString() const;
  bool operator==(const PredictionId&) const = default;
};

}  // namespace millwright::serving
