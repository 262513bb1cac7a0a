#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "telemetry/domain/asset.h"
#include "telemetry/domain/event.h"
#include "telemetry/domain/sample.h"

namespace millwright::telemetry {

struct AssetQuery {
  std::optional<std::string> type;
  int size = 100;
  std::string after;  // only ids behind this one
};

struct EventQuery {
  std::vector<std::string> asset_ids;  // all when empty
  absl::Time from = absl::InfinitePast();
  absl::Time to = absl::InfiniteFuture();
  int size = 1000;
  std::optional<std::pair<absl::Time, std::string>> after;  // time and id of the last event of the page before
};

struct SampleQuery {
  AssetId asset_id;
  std::vector<std::string> sensors;    // all of the asset when empty
  bool skips_unknown_sensors = false;  // else they are InvalidArgument
  std::int64_t from_us = 0;            // inclusive
  std::int64_t to_us = 0;              // exclusive
};

/// Keeps assets and their sensors. Assets of another workspace are NotFound, in all stores. Thread-safe, as all stores are.
class AssetStore {
 public:
  virtual ~AssetStore() = default;
  /// Creates, or adds what is missing. Another unit for a sensor is InvalidArgument; an empty type leaves an asset's type.
  virtual absl::StatusOr<Asset> Put(const base::WorkspaceId& workspace, const AssetId& id, const std::string& type,
                                    const std::vector<Sensor>& sensors) = 0;
  virtual absl::StatusOr<Asset> Get(const base::WorkspaceId& workspace, const AssetId& id) = 0;
  /// By id, ascending.
  virtual absl::StatusOr<std::vector<Asset>> List(const base::WorkspaceId& workspace, const AssetQuery& query) = 0;
};

/// Rows of one asset in event-time order, page by page. Not thread-safe.
class SampleCursor {
 public:
  virtual ~SampleCursor() = default;
  /// The next rows; none at the end.
  virtual absl::StatusOr<SampleBatch> Next() = 0;
};

/// Keeps samples. One of the same sensor and event time as an earlier one replaces it.
class SampleStore {
 public:
  virtual ~SampleStore() = default;
  /// How many were written; committed when it returns. `batch` was checked.
  virtual absl::StatusOr<int> Write(const base::WorkspaceId& workspace, const SampleBatch& batch) = 0;
  virtual absl::StatusOr<std::unique_ptr<SampleCursor>> Query(const base::WorkspaceId& workspace, const SampleQuery& query) = 0;
};

/// Keeps events.
class EventStore {
 public:
  virtual ~EventStore() = default;
  /// `events` are normalised.
  virtual absl::Status Record(const base::WorkspaceId& workspace, const std::vector<Event>& events) = 0;
  /// By time, then id.
  virtual absl::StatusOr<std::vector<Event>> List(const base::WorkspaceId& workspace, const EventQuery& query) = 0;
};

}  // namespace millwright::telemetry
