#include "telemetry/domain/event.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"

namespace millwright::telemetry {

const char* Name(EventKind kind) { return kind == EventKind::kFailure ? "failure" : "maintenance"; }

EventKind ParseEventKind(absl::string_view name) {
  CHECK(name == "failure" || name == "maintenance");
  return name == "failure" ? EventKind::kFailure : EventKind::kMaintenance;
}

absl::Status Normalise(std::vector<Event>& events) {
  if (events.size() > kMaxEvents)
    return absl::InvalidArgumentError(
        absl::StrCat("events: has ", events.size(), " entries; at most ", kMaxEvents, " go into one batch"));
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].id.empty() || events[i].id.size() > 200) {
      return absl::InvalidArgumentError(
          absl::StrCat("events[", i, "].event_id: has ", events[i].id.size(), " bytes; an event's id has 1 to 200"));
    }
    if (events[i].code.size() > 200)
      return absl::InvalidArgumentError(absl::StrCat("events[", i, "].code: has ", events[i].code.size(), " bytes; at most 200"));
  }
  std::reverse(events.begin(), events.end());
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.id < b.id; });
  events.erase(std::unique(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.id == b.id; }),
               events.end());
  return absl::OkStatus();
}

}  // namespace millwright::telemetry
