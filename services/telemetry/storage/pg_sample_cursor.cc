#include "telemetry/storage/pg_sample_cursor.h"

#include <algorithm>
#include <limits>
#include <map>

#include "lib/base/status_macros.h"

namespace millwright::telemetry {
namespace {

constexpr std::size_t kBuffered = 200'000;  // values of all sensors together
constexpr std::size_t kMaxRows = 10'000;    // of one batch
constexpr std::size_t kMaxCells = 400'000;  // of one batch: well below the size of one message

constexpr pg::Statement kRead{"read_samples", R"sql(
  SELECT s.sensor, x.event_us, x.value, x.quality
    FROM unnest($1::bigint[], $2::bigint[]) AS s (sensor, from_us)
   CROSS JOIN LATERAL (SELECT event_us, value, quality
                         FROM telemetry.samples
                        WHERE sensor_number = s.sensor
                          AND event_us >= s.from_us
                          AND event_us < $3
                        ORDER BY event_us
                        LIMIT $4) x
)sql"};

}  // namespace

PgSampleCursor::PgSampleCursor(pg::Database& db, const SampleQuery& query, const std::vector<NumberedSensor>& sensors)
    : db_(db), asset_id_(query.asset_id), to_us_(query.to_us) {
  for (const NumberedSensor& sensor : sensors) columns_.push_back({sensor, {}, 0, query.from_us, false});
}

absl::Status PgSampleCursor::Refill() {
  std::vector<std::int64_t> numbers;
  std::vector<std::int64_t> froms;
  std::map<std::int64_t, Column*> by_number;
  for (Column& column : columns_) {
    if (column.is_read || column.at < column.buffer.size()) continue;
    column.buffer.clear();
    column.at = 0;
    numbers.push_back(column.sensor.number);
    froms.push_back(column.next_from_us);
    by_number[column.sensor.number] = &column;
  }
  if (numbers.empty()) return absl::OkStatus();
  const std::size_t limit = std::max<std::size_t>(100, kBuffered / columns_.size());
  absl::StatusOr<std::vector<pg::Row>> rows =
      db_.Transact([&](pg::Tx& tx) { return tx.Many(kRead, numbers, froms, to_us_, limit); });
  RETURN_IF_ERROR(rows.status());
  for (const pg::Row& row : *rows)
    by_number.at(row.Int(0))->buffer.push_back({row.Int(1), row.Double(2), static_cast<Quality>(row.Int(3))});
  for (const auto& [number, column] : by_number) {
    column->is_read = column->buffer.size() < limit;
    if (!column->buffer.empty()) column->next_from_us = column->buffer.back().event_us + 1;
  }
  return absl::OkStatus();
}

void PgSampleCursor::AppendRow(std::int64_t event_us, SampleBatch& batch) {
  batch.event_us.push_back(event_us);
  for (Column& column : columns_) {
    const bool has_value = column.at < column.buffer.size() && column.buffer[column.at].event_us == event_us;
    batch.values.push_back(has_value ? column.buffer[column.at].value : std::numeric_limits<double>::quiet_NaN());
    batch.qualities.push_back(has_value ? column.buffer[column.at].quality : Quality::kGood);
    if (has_value) ++column.at;
  }
}

absl::StatusOr<SampleBatch> PgSampleCursor::Next() {
  SampleBatch batch;
  batch.asset_id = asset_id_;
  for (const Column& column : columns_) batch.sensors.push_back(column.sensor.name);
  const std::size_t max_rows = columns_.empty() ? 0 : std::clamp<std::size_t>(kMaxCells / columns_.size(), 1, kMaxRows);
  while (batch.event_us.size() < max_rows) {
    RETURN_IF_ERROR(Refill());
    std::int64_t next = std::numeric_limits<std::int64_t>::max();
    for (const Column& column : columns_) {
      if (column.at < column.buffer.size()) next = std::min(next, column.buffer[column.at].event_us);
    }
    if (next == std::numeric_limits<std::int64_t>::max()) break;
    AppendRow(next, batch);
  }
  if (std::all_of(batch.qualities.begin(), batch.qualities.end(), [](Quality quality) { return quality == Quality::kGood; }))
    batch.qualities.clear();
  return batch;
}

}  // namespace millwright::telemetry
