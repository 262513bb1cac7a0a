#pragma once

#include "lib/pg/database.h"
#include "telemetry/domain/stores.h"
#include "telemetry/storage/find_sensors.h"

namespace millwright::telemetry {

/// Merges the samples of several sensors into rows. Holds a bounded buffer for each sensor and reads on by key, each time in
/// a short transaction of its own, so a slow reader holds nothing in the database.
class PgSampleCursor : public SampleCursor {
 public:
  PgSampleCursor(pg::Database& db, const SampleQuery& query, const std::vector<NumberedSensor>& sensors);
  absl::StatusOr<SampleBatch> Next() override;

 private:
  struct Value {
    std::int64_t event_us;
    double value;
    Quality quality;
  };
  struct Column {
    NumberedSensor sensor;
    std::vector<Value> buffer;
    std::size_t at = 0;         // of the next value in the buffer
    std::int64_t next_from_us;  // where the next read begins
    bool is_read = false;       // nothing is left in the database
  };

  absl::Status Refill();
  void AppendRow(std::int64_t event_us, SampleBatch& batch);

  pg::Database& db_;
  AssetId asset_id_;
  std::int64_t to_us_;
  std::vector<Column> columns_;
};

}  // namespace millwright::telemetry
