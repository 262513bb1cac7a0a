#include "model-registry/domain/pin_sweeper.h"

#include "lib/base/status_macros.h"

namespace millwright::registry {

absl::Status SweepPins(ReleasedPinStore& store, Tracker& tracker) {
  constexpr int kAtOnce = 100;
  ASSIGN_OR_RETURN(const std::vector<ReleasedPin> pins, store.List(kAtOnce));
  for (const ReleasedPin& pin : pins) {
    RETURN_IF_ERROR(tracker.Unpin(pin.workspace, pin.owner));
    RETURN_IF_ERROR(store.Drop(pin.owner));
  }
  return absl::OkStatus();
}

}  // namespace millwright::registry
