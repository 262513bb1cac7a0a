#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "telemetry/domain/asset.h"

namespace millwright::telemetry {

enum class EventKind { kFailure, kMaintenance };

/// Something that happened to an asset at an instant.
struct Event {
  std::string id;  // made by the caller, unique in the workspace
  AssetId asset_id;
  EventKind kind = EventKind::kFailure;
  std::string code;  // such as "bearing-seizure"
  absl::Time at;
};

inline constexpr std::size_t kMaxEvents = 10'000;  // of one batch

const char* Name(EventKind kind);                  // "failure", "maintenance"
EventKind ParseEventKind(absl::string_view name);  // of a name that Name gave

/// InvalidArgument for a missing or long id or code, or too many. Sorts by id and keeps the last of each.
absl::Status Normalise(std::vector<Event>& events);

}  // namespace millwright::telemetry
