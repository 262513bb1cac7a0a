#include "telemetry/storage/pg_sample_store.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "telemetry/storage/find_sensors.h"
#include "telemetry/storage/pg_sample_cursor.h"

namespace millwright::telemetry {
namespace {

constexpr pg::Statement kReplace{"replace_samples", R"sql(
  INSERT INTO telemetry.samples AS s (sensor_number, event_us, value, quality)
  SELECT sensor, event_us, value, quality
    FROM unnest($1::bigint[], $2::bigint[], $3::float8[], $4::bigint[]) AS n (sensor, event_us, value, quality)
  ON CONFLICT (sensor_number, event_us) DO UPDATE
     SET value = excluded.value, quality = excluded.quality, received_at = excluded.received_at
   WHERE (s.value, s.quality) IS DISTINCT FROM (excluded.value, excluded.quality)
)sql"};

constexpr pg::Statement kTouch{"touch_asset", R"sql(
  UPDATE telemetry.assets SET last_sample_at = $2 WHERE number = $1 AND (last_sample_at IS NULL OR last_sample_at < $2)
)sql"};

/// Samples by sensor number and time, in COPY's text format, a few thousand rows a piece.
std::vector<std::string> CopyText(const std::vector<Sample>& samples, const std::vector<NumberedSensor>& sensors) {
  constexpr std::size_t kPiece = 256 << 10;
  std::vector<std::string> pieces;
  std::string text;
  char buffer[40];
  for (const Sample& sample : samples) {
    if (!text.empty()) text += '\n';
    absl::StrAppend(&text, sensors[sample.column].number, "\t", sample.event_us, "\t");
    text.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, sample.value).ptr);
    absl::StrAppend(&text, "\t", static_cast<int>(sample.quality));
    if (text.size() > kPiece) {
      pieces.push_back(std::move(text));
      text.clear();
    }
  }
  if (!text.empty()) pieces.push_back(std::move(text));
  return pieces;
}

absl::Status Replace(pg::Tx& tx, const std::vector<Sample>& samples, const std::vector<NumberedSensor>& sensors) {
  std::vector<std::int64_t> numbers;
  std::vector<std::int64_t> times;
  std::vector<double> values;
  std::vector<std::int64_t> qualities;
  for (const Sample& sample : samples) {
    numbers.push_back(sensors[sample.column].number);
    times.push_back(sample.event_us);
    values.push_back(sample.value);
    qualities.push_back(static_cast<std::int64_t>(sample.quality));
  }
  return tx.Execute(kReplace, numbers, times, values, qualities).status();
}

}  // namespace

absl::StatusOr<int> PgSampleStore::Write(const base::WorkspaceId& workspace, const SampleBatch& batch) {
  std::vector<Sample> samples = SamplesOf(batch);
  const auto write = [&](bool replaces) {
    return db_.Transact([&](pg::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::int64_t asset, FindAsset(tx, workspace, batch.asset_id));
      ASSIGN_OR_RETURN(const std::vector<NumberedSensor> sensors, FindSensors(tx, asset, batch.asset_id, batch.sensors, false));
      if (samples.empty()) return absl::OkStatus();
      // Rows in the order of the key: two writers of the same samples wait for each other and never deadlock.
      std::stable_sort(samples.begin(), samples.end(),
                       [&](const Sample& a, const Sample& b) { return sensors[a.column].number < sensors[b.column].number; });
      if (replaces) {
        RETURN_IF_ERROR(Replace(tx, samples, sensors));
      } else {
        RETURN_IF_ERROR(
            tx.CopyLines("telemetry.samples", {"sensor_number", "event_us", "value", "quality"}, CopyText(samples, sensors)));
      }
      const auto latest = std::max_element(samples.begin(), samples.end(),
                                           [](const Sample& a, const Sample& b) { return a.event_us < b.event_us; });
      return tx.Execute(kTouch, asset, absl::FromUnixMicros(latest->event_us)).status();
    });
  };
  // New samples go in with COPY; only when one is there already does the slower statement that can replace it run.
  absl::Status status = write(false);
  if (absl::IsAlreadyExists(status)) status = write(true);
  if (!status.ok()) return status;
  return static_cast<int>(samples.size());
}

absl::StatusOr<std::unique_ptr<SampleCursor>> PgSampleStore::Query(const base::WorkspaceId& workspace, const SampleQuery& query) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::unique_ptr<SampleCursor>> {
    ASSIGN_OR_RETURN(const std::int64_t asset, FindAsset(tx, workspace, query.asset_id));
    std::vector<NumberedSensor> sensors;
    if (query.sensors.empty()) {
      ASSIGN_OR_RETURN(sensors, FindSensors(tx, asset));
    } else {
      ASSIGN_OR_RETURN(sensors, FindSensors(tx, asset, query.asset_id, query.sensors, query.skips_unknown_sensors));
    }
    return std::make_unique<PgSampleCursor>(db_, query, sensors);
  });
}

}  // namespace millwright::telemetry
