#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace millwright::learn {

/// How a block of numbers is kept: one number for all rows, whole numbers of 1, 2 or 4 bytes above a base over a power of ten, or
/// floats. Every encoding gives back the same doubles.
enum class BlockEncoding : std::uint8_t { kConstant, kDecimal8, kDecimal16, kDecimal32, kFloat, kDouble };

/// Bytes a row takes.
std::size_t Width(BlockEncoding encoding);

inline constexpr int kMaxDecimals = 9;
inline constexpr double kPowersOfTen[kMaxDecimals + 1] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

/// An encoded block in memory that somebody else keeps. The largest code of a decimal stands for a missing number.
struct Block {
  const char* data = nullptr;
  double base = 0;  // of kConstant the number itself
  BlockEncoding encoding = BlockEncoding::kConstant;
  std::uint8_t decimals = 0;

  double At(std::size_t row) const {
    switch (encoding) {
      case BlockEncoding::kConstant:
        return base;
      case BlockEncoding::kDecimal8:
        return Decimal<std::uint8_t>(row);
      case BlockEncoding::kDecimal16:
        return Decimal<std::uint16_t>(row);
      case BlockEncoding::kDecimal32:
        return Decimal<std::uint32_t>(row);
      case BlockEncoding::kFloat:
        return static_cast<double>(Raw<float>(row));
      case BlockEncoding::kDouble:
        return Raw<double>(row);
    }
    return base;
  }

 private:
  template <typename T>
  T Raw(std::size_t row) const {
    T value;
    std::memcpy(&value, data + row * sizeof value, sizeof value);
    return value;
  }
  template <typename T>
  double Decimal(std::size_t row) const {
    const T code = Raw<T>(row);
    if (code == static_cast<T>(-1)) return __builtin_nan("");
    return (base + static_cast<double>(code)) / kPowersOfTen[decimals];
  }
};

/// A block with its bytes.
struct EncodedBlock {
  std::string bytes;
  double base = 0;
  BlockEncoding encoding = BlockEncoding::kConstant;
  std::uint8_t decimals = 0;
};

/// The narrowest encoding that gives back the same bits; every NaN becomes the same one. The same values give the same block.
void Encode(std::span<const double> values, EncodedBlock& block);

}  // namespace millwright::learn
