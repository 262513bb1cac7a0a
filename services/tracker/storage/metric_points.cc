#include "tracker/storage/metric_points.h"

#include <algorithm>
#include <bit>

#include "lib/base/status_macros.h"

// A number is a varint, a signed one zigzag first; a value is the eight bytes of its IEEE 754 form, lowest first.
//   batch: number of metrics, first step, first time, then for each metric: key id, number of points, points
//   chunk: kPacked, points; or kPlain and points of 24 bytes as PostgreSQL's int8send and float8send write them
//   point: step and time as differences to the point before (at first: to the batch's first, or 0), value
namespace millwright::tracker {
namespace {

constexpr char kPlain = 0;  // made by the migration that brought chunks
constexpr char kPacked = 1;

void PutNumber(std::string& out, std::uint64_t number) {
  while (number >= 0x80) {
    out += static_cast<char>(number | 0x80);
    number >>= 7;
  }
  out += static_cast<char>(number);
}

// Differences wrap around, so that any two steps have one.
void PutDifference(std::string& out, std::int64_t from, std::int64_t to) {
  const std::uint64_t difference = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  PutNumber(out, (difference << 1) ^ (0 - (difference >> 63)));
}

void PutPoint(std::string& out, const Point& before, const Point& point) {
  PutDifference(out, before.step, point.step);
  PutDifference(out, before.timestamp_ms, point.timestamp_ms);
  std::uint64_t bits = std::bit_cast<std::uint64_t>(point.value);
  for (int i = 0; i < 8; ++i, bits >>= 8) out += static_cast<char>(bits);
}

/// Reads what was packed; after a failure every read gives 0 and `ok` stays false.
class Reader {
 public:
  explicit Reader(absl::string_view packed) : at_(packed.data()), end_(packed.data() + packed.size()) {}

  bool AtEnd() const { return at_ == end_ || !ok_; }
  std::size_t Left() const { return static_cast<std::size_t>(end_ - at_); }
  absl::Status status() const {
    return ok_ ? absl::OkStatus() : absl::DataLossError("packed metric points cannot be read: the row is damaged");
  }

  std::uint64_t Number() {
    std::uint64_t number = 0;
    for (int shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return number;
    }
    return Fail();
  }
  std::int64_t Difference(std::int64_t from) {
    const std::uint64_t folded = Number();
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(from) + ((folded >> 1) ^ (0 - (folded & 1))));
  }
  std::uint64_t Fixed(bool highest_first) {
    if (Left() < 8) return Fail();
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i)
      bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(at_[i])) << 8 * (highest_first ? 7 - i : i);
    at_ += 8;
    return bits;
  }
  Point After(const Point& before) {
    Point point;
    point.step = Difference(before.step);
    point.timestamp_ms = Difference(before.timestamp_ms);
    point.value = std::bit_cast<double>(Fixed(false));
    return point;
  }

 private:
  std::uint64_t Fail() {
    ok_ = false;
    return 0;
  }
  const char* at_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace

std::string PackBatch(std::vector<KeyedPoint> points) {
  std::string packed;
  if (points.empty()) return packed;
  std::sort(points.begin(), points.end(), [](const KeyedPoint& a, const KeyedPoint& b) {
    return a.key_id != b.key_id ? a.key_id < b.key_id : IsEarlier(a.point, b.point);
  });
  const Point first = points.front().point;
  std::uint64_t metrics = 1;
  for (std::size_t i = 1; i < points.size(); ++i) metrics += points[i].key_id != points[i - 1].key_id;
  packed.reserve(24 + points.size() * 14);
  PutNumber(packed, metrics);
  PutDifference(packed, 0, first.step);
  PutDifference(packed, 0, first.timestamp_ms);
  for (std::size_t begin = 0, end = 0; begin < points.size(); begin = end) {
    while (end < points.size() && points[end].key_id == points[begin].key_id) ++end;
    PutNumber(packed, static_cast<std::uint64_t>(points[begin].key_id));
    PutNumber(packed, end - begin);
    for (std::size_t i = begin; i < end; ++i) PutPoint(packed, i == begin ? first : points[i - 1].point, points[i].point);
  }
  return packed;
}

absl::Status UnpackBatches(absl::string_view packed, std::vector<KeyedPoint>& points) {
  Reader reader(packed);
  while (!reader.AtEnd()) {
    std::uint64_t metrics = reader.Number();
    Point first;
    first.step = reader.Difference(0);
    first.timestamp_ms = reader.Difference(0);
    for (; metrics > 0 && !reader.AtEnd(); --metrics) {
      KeyedPoint keyed{static_cast<std::int64_t>(reader.Number()), first};
      for (std::uint64_t left = reader.Number(); left > 0 && !reader.AtEnd(); --left) {
        keyed.point = reader.After(keyed.point);
        points.push_back(keyed);
      }
    }
  }
  return reader.status();
}

std::string PackChunk(const Point* begin, const Point* end) {
  std::string packed(1, kPacked);
  packed.reserve(1 + static_cast<std::size_t>(end - begin) * 11);
  Point before;
  for (const Point* point = begin; point != end; before = *point++) PutPoint(packed, before, *point);
  return packed;
}

absl::Status UnpackChunk(absl::string_view packed, std::vector<Point>& points) {
  Reader reader(packed);
  const std::uint64_t form = reader.Number();
  Point point;
  while (!reader.AtEnd()) {
    if (form == kPacked) {
      point = reader.After(point);
    } else {
      point.step = static_cast<std::int64_t>(reader.Fixed(true));
      point.timestamp_ms = static_cast<std::int64_t>(reader.Fixed(true));
      point.value = std::bit_cast<double>(reader.Fixed(true));
    }
    points.push_back(point);
  }
  return reader.status();
}

}  // namespace millwright::tracker
