#include "lib/base/clock.h"

namespace millwright::base {
namespace {

class MachineClock : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace

const Clock& SystemClock() {
  static const auto* clock = new MachineClock;
  return *clock;
}

}  // namespace millwright::base
