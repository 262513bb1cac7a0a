#pragma once

#include <bitset>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace date {
class time_zone;
}

namespace millwright::scheduler {

/// A cron expression of five fields (minute hour day-of-month month day-of-week; lists, ranges, steps, names) in a time zone.
///
/// When both day fields are restricted, either is enough, as in every cron. Where clocks change:
///  - an expression with fixed hours ("30 2 * * *") ticks once for each of its local times: a time in a gap at the first instant
///    after the gap, a time that comes twice at its first instant;
///  - an expression whose hour field begins with * ("*/15 * * * *", "0 */6 * * *") follows elapsed time: it ticks at every
///  instant whose
///    local time it matches, so in both of two equal hours and not in a missing one.
class Cron {
 public:
  /// `zone` is an IANA name; "UTC" when empty. InvalidArgument names the field and what would be right.
  static absl::StatusOr<Cron> Parse(const std::string& expression, const std::string& zone);

  /// The first tick after `after`, or nothing within the next nine years ("0 0 30 2 *").
  std::optional<absl::Time> Next(absl::Time after) const;

 private:
  Cron() = default;
  bool MatchesDay(int month, int day, int weekday) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;  // 0 is Sunday
  bool any_day_ = false;     // the day-of-month field begins with *
  bool any_weekday_ = false;
  bool is_elapsed_ = false;
  const date::time_zone* zone_ = nullptr;
};

}  // namespace millwright::scheduler
