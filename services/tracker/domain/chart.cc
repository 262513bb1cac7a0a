#include "tracker/domain/chart.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::tracker {
namespace {

template <typename T>
void KeepFirstOfEach(std::vector<T>& items) {
  std::set<T> seen;
  std::erase_if(items, [&](const T& item) { return !seen.insert(item).second; });
}

absl::Status CheckCount(const char* field, std::size_t count, std::size_t most) {
  if (count >= 1 && count <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, ": has ", count, " entries; a chart has 1 to ", most));
}

// The indices in [begin, end) that stand for the stretch, ascending.
void KeepExtremes(const std::vector<Point>& points, std::size_t begin, std::size_t end, std::vector<Point>& kept) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t least = kNone;
  std::size_t greatest = kNone;
  std::size_t nan = kNone;
  for (std::size_t i = begin; i < end; ++i) {
    const double value = points[i].value;
    if (std::isnan(value)) {
      if (nan == kNone) nan = i;
      continue;
    }
    if (least == kNone || value < points[least].value) least = i;
    if (greatest == kNone || value > points[greatest].value) greatest = i;
  }
  std::size_t chosen[] = {least, greatest, nan};
  std::sort(std::begin(chosen), std::end(chosen));
  for (std::size_t i = 0; i < 3; ++i) {
    if (chosen[i] != kNone && (i == 0 || chosen[i] != chosen[i - 1])) kept.push_back(points[chosen[i]]);
  }
}

}  // namespace

absl::Status Normalise(ChartQuery& query) {
  KeepFirstOfEach(query.runs);
  KeepFirstOfEach(query.keys);
  RETURN_IF_ERROR(CheckCount("run_ids", query.runs.size(), 50));
  RETURN_IF_ERROR(CheckCount("keys", query.keys.size(), 100));
  if (query.runs.size() * query.keys.size() > 1000) {
    return absl::InvalidArgumentError(absl::StrCat("keys: ", query.keys.size(), " metrics of ", query.runs.size(),
                                                   " runs are more than the 1000 series that one call draws"));
  }
  if (query.from && query.to && *query.from > *query.to)
    return absl::InvalidArgumentError(absl::StrCat("from: ", *query.from, " is after to, ", *query.to));
  if (query.max_points < 10 || query.max_points > 10000)
    return absl::InvalidArgumentError(absl::StrCat("max_points: ", query.max_points, " is not 10 to 10000"));
  return absl::OkStatus();
}

std::vector<Point> ThinOut(const std::vector<Point>& points, std::size_t most) {
  if (points.size() <= most) return points;
  const bool has_nan = std::any_of(points.begin(), points.end(), [](const Point& point) { return std::isnan(point.value); });
  const std::size_t stretches = (most - 2) / (has_nan ? 3 : 2);
  const std::size_t inner = points.size() - 2;
  std::vector<Point> kept = {points.front()};
  kept.reserve(most);
  for (std::size_t s = 0; s < stretches; ++s) {
    KeepExtremes(points, 1 + inner * s / stretches, 1 + inner * (s + 1) / stretches, kept);
  }
  kept.push_back(points.back());
  return kept;
}

}  // namespace millwright::tracker
