#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <unordered_set>
#include <vector>

#include "lib/learn/table/table.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kExactRows = 200'000;
constexpr std::size_t kMaxDistinct = 10'000;
constexpr std::size_t kBins = 20;

// One number of each of kExactRows equal stretches, by a fixed hash of the stretch: evenly spread, blind to periods.
std::vector<double> Draw(const std::vector<double>& present) {
  if (present.size() <= kExactRows) return present;
  std::vector<double> drawn;
  drawn.reserve(kExactRows);
  for (std::size_t i = 0; i < kExactRows; ++i) {
    const std::size_t begin = i * present.size() / kExactRows;
    const std::size_t end = (i + 1) * present.size() / kExactRows;
    std::uint64_t hash = (i + 1) * 0x9e3779b97f4a7c15u;  // SplitMix64's finaliser
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
    drawn.push_back(present[begin + (hash ^ (hash >> 31)) % (end - begin)]);
  }
  return drawn;
}

// Of sorted numbers that are not empty.
nlohmann::json Histogram(const std::vector<double>& sorted, std::size_t distinct) {
  nlohmann::json edges = nlohmann::json::array();
  nlohmann::json counts = nlohmann::json::array();
  if (distinct <= kBins) {
    for (auto it = sorted.begin(); it != sorted.end();) {
      const auto next = std::upper_bound(it, sorted.end(), *it);
      edges.push_back(*it);
      counts.push_back(next - it);
      it = next;
    }
    return {{"values", edges}, {"counts", counts}, {"other", 0}};
  }
  std::vector<double> cuts{sorted.front()};
  for (std::size_t i = 1; i <= kBins; ++i) {
    const double cut = sorted[i * (sorted.size() - 1) / kBins];
    if (cut > cuts.back()) cuts.push_back(cut);
  }
  auto begin = sorted.begin();
  for (std::size_t i = 1; i < cuts.size(); ++i) {
    const auto end = i + 1 == cuts.size() ? sorted.end() : std::lower_bound(begin, sorted.end(), cuts[i]);
    counts.push_back(end - begin);
    begin = end;
  }
  return {{"edges", cuts}, {"counts", counts}};
}

enum class Depth { kSummary, kProfile };

nlohmann::json Describe(const NumberValues& values, Depth depth) {
  std::size_t count = 0;
  double sum = 0;
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    ++count;
    sum += value;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  nlohmann::json json{
      {"count", count}, {"missing", values.size() - count},    {"mean", nullptr}, {"sd", nullptr}, {"min", nullptr},
      {"max", nullptr}, {"quantiles", nlohmann::json::array()}};
  if (depth == Depth::kProfile) json["distinct"] = 0;
  if (count == 0) return json;
  const double n = static_cast<double>(count);
  const double mean = sum / n;
  double squares = 0;
  std::vector<double> present;
  present.reserve(count);
  for (const double value : values) {
    if (std::isnan(value)) continue;
    squares += (value - mean) * (value - mean);
    present.push_back(value);
  }
  present = Draw(present);
  if (present.size() < count) json["sampled"] = present.size();
  std::sort(present.begin(), present.end());
  const auto finite = [](double value) { return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(); };
  json["mean"] = finite(mean);
  if (count > 1) json["sd"] = finite(std::sqrt(squares / (n - 1)));
  json["min"] = finite(low);
  json["max"] = finite(high);
  for (std::size_t i = 0; i <= 10; ++i) json["quantiles"].push_back(finite(present[i * (present.size() - 1) / 10]));
  if (depth == Depth::kSummary) return json;
  std::size_t distinct = 1;
  for (std::size_t i = 1; i < present.size(); ++i) distinct += present[i] != present[i - 1] ? 1 : 0;
  json["distinct"] = std::min(distinct, kMaxDistinct);
  if (std::isfinite(low) && std::isfinite(high)) json["histogram"] = Histogram(present, distinct);
  return json;
}

}  // namespace

nlohmann::json DescribeNumbers(const NumberValues& values) { return Describe(values, Depth::kSummary); }
nlohmann::json ProfileNumbers(const NumberValues& values) { return Describe(values, Depth::kProfile); }

nlohmann::json ProfileTexts(const TextValues& values) {
  std::vector<std::size_t> counts(values.codes());
  std::size_t missing = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    const std::uint32_t code = values.Code(row);
    if (code < counts.size() && !values.Word(code).empty())
      ++counts[code];
    else
      ++missing;
  }
  std::vector<std::uint32_t> codes(counts.size());
  std::iota(codes.begin(), codes.end(), 0u);
  std::erase_if(codes, [&](std::uint32_t code) { return counts[code] == 0; });
  const std::size_t shown = std::min(codes.size(), kBins);
  std::partial_sort(codes.begin(), codes.begin() + static_cast<std::ptrdiff_t>(shown), codes.end(),
                    [&](std::uint32_t a, std::uint32_t b) {
                      return counts[a] != counts[b] ? counts[a] > counts[b] : values.Word(a) < values.Word(b);
                    });
  nlohmann::json json{
      {"count", values.size() - missing}, {"missing", missing}, {"distinct", std::min(codes.size(), kMaxDistinct)}};
  nlohmann::json words = nlohmann::json::array();
  nlohmann::json numbers = nlohmann::json::array();
  std::size_t other = values.size() - missing;
  for (std::size_t i = 0; i < shown; ++i) {
    words.push_back(values.Word(codes[i]));
    numbers.push_back(counts[codes[i]]);
    other -= counts[codes[i]];
  }
  if (shown > 0) json["histogram"] = {{"values", words}, {"counts", numbers}, {"other", other}};
  return json;
}

nlohmann::json Table::Statistics() const {
  nlohmann::json all = nlohmann::json::array();
  for (const Column& column : columns_) {
    const bool is_number = column.spec.type == ColumnType::kNumber;
    nlohmann::json json = is_number ? ProfileNumbers(column.numbers) : ProfileTexts(column.texts);
    json["name"] = column.spec.name;
    json["role"] = Name(column.spec.role);
    json["type"] = Name(column.spec.type);
    json["unit"] = column.spec.unit;
    all.push_back(std::move(json));
  }
  return all;
}

}  // namespace millwright::learn
