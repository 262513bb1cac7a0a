#include "lib/learn/table/column_block.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

namespace millwright::learn {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLargest = 0x1p51;    // of a scaled number: it and its neighbours are exact
constexpr double kRounder = 0x1.8p52;  // adding and taking it away rounds to the nearest whole number

bool IsSame(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

double Scaled(double value, int decimals) { return (value * kPowersOfTen[decimals] + kRounder) - kRounder; }

bool IsDecimal(double value, int decimals) {
  return std::abs(value * kPowersOfTen[decimals]) < kLargest && Scaled(value, decimals) / kPowersOfTen[decimals] == value;
}

/// What all numbers of a block have in common as whole numbers over a power of ten.
struct DecimalRange {
  int decimals = 0;
  double low = 0;
  double span = 0;
};

// A number that needs d decimals is exact with more, too: the quotient is the same and division rounds correctly.
std::optional<DecimalRange> FindDecimals(std::span<const double> values) {
  int decimals = 0;
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    while (!IsDecimal(value, decimals)) {
      if (++decimals > kMaxDecimals) return std::nullopt;
    }
    if (value == 0 && std::signbit(value)) return std::nullopt;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (!IsDecimal(low, decimals) || !IsDecimal(high, decimals)) return std::nullopt;
  DecimalRange range{.decimals = decimals, .low = Scaled(low, decimals)};
  range.span = Scaled(high, decimals) - range.low;
  return range;
}

template <typename T>
void AppendCodes(std::span<const double> values, const DecimalRange& range, std::string& bytes) {
  bytes.resize(values.size() * sizeof(T));
  char* at = bytes.data();
  for (const double value : values) {
    const T code = std::isnan(value) ? static_cast<T>(-1)
                                     : static_cast<T>(static_cast<std::int64_t>(Scaled(value, range.decimals) - range.low));
    std::memcpy(at, &code, sizeof code);
    at += sizeof code;
  }
}

template <typename T>
void AppendRaw(std::span<const double> values, std::string& bytes) {
  bytes.resize(values.size() * sizeof(T));
  char* at = bytes.data();
  for (const double value : values) {
    const T raw = std::isnan(value) ? std::numeric_limits<T>::quiet_NaN() : static_cast<T>(value);
    std::memcpy(at, &raw, sizeof raw);
    at += sizeof raw;
  }
}

bool IsFloat(double value) {
  if (std::isnan(value) || std::isinf(value)) return true;
  return std::abs(value) <= std::numeric_limits<float>::max() && static_cast<double>(static_cast<float>(value)) == value;
}

}  // namespace

std::size_t Width(BlockEncoding encoding) {
  switch (encoding) {
    case BlockEncoding::kConstant:
      return 0;
    case BlockEncoding::kDecimal8:
      return 1;
    case BlockEncoding::kDecimal16:
      return 2;
    case BlockEncoding::kDecimal32:
    case BlockEncoding::kFloat:
      return 4;
    case BlockEncoding::kDouble:
      return 8;
  }
  return 0;
}

void Encode(std::span<const double> values, EncodedBlock& block) {
  block.bytes.clear();
  block.base = 0;
  block.decimals = 0;
  block.encoding = BlockEncoding::kConstant;
  if (values.empty()) return;
  if (std::all_of(values.begin(), values.end(), [&](double value) { return IsSame(value, values[0]); })) {
    block.base = std::isnan(values[0]) ? kNan : values[0];
    return;
  }
  if (const std::optional<DecimalRange> range = FindDecimals(values); range && range->span < 4294967295.0) {
    block.base = range->low;
    block.decimals = static_cast<std::uint8_t>(range->decimals);
    if (range->span < 0xff) {
      block.encoding = BlockEncoding::kDecimal8;
      AppendCodes<std::uint8_t>(values, *range, block.bytes);
    } else if (range->span < 0xffff) {
      block.encoding = BlockEncoding::kDecimal16;
      AppendCodes<std::uint16_t>(values, *range, block.bytes);
    } else {
      block.encoding = BlockEncoding::kDecimal32;
      AppendCodes<std::uint32_t>(values, *range, block.bytes);
    }
    return;
  }
  if (std::all_of(values.begin(), values.end(), IsFloat)) {
    block.encoding = BlockEncoding::kFloat;
    AppendRaw<float>(values, block.bytes);
    return;
  }
  block.encoding = BlockEncoding::kDouble;
  AppendRaw<double>(values, block.bytes);
}

}  // namespace millwright::learn
