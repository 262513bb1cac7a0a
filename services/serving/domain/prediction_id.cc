#include "serving/domain/prediction_id.h"

#include <sys/random.h>

#include <array>
#include <bit>

#include "lib/base/check.h"

namespace millwright::serving {
namespace {

// xoshiro256++ (Blackman, Vigna 2019).
class Generator {
 public:
  Generator() { CHECK(getrandom(state_.data(), sizeof(state_), 0) == static_cast<ssize_t>(sizeof(state_))); }
  std::uint64_t Next() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace

PredictionId PredictionId::Random() {
  thread_local Generator generator;
  return {.high = generator.Next(), .low = generator.Next()};
}

PredictionId PredictionId::Plus(std::uint32_t row) const {
  const std::uint64_t tail = static_cast<std::uint32_t>(static_cast<std::uint32_t>(low) + row);
  return {.high = high, .low = (low & 0xffffffff00000000ULL) | tail};
}

std::string PredictionId::ToString() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(32, '0');
  for (int i = 0; i < 16; ++i) {
    text[static_cast<std::size_t>(15 - i)] = kDigits[(high >> (4 * i)) & 15];
    text[static_cast<std::size_t>(31 - i)] = kDigits[(low >> (4 * i)) & 15];
  }
  return text;
}

}  // namespace millwright::serving
