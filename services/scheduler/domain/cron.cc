#include "scheduler/domain/cron.h"

#include <date/tz.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"

namespace millwright::scheduler {
namespace {

constexpr int kHorizonDays = 9 * 366;  // over the longest wait, 29 February across 2100

struct Field {
  const char* name;
  int low;
  int high;
  std::vector<std::string> names;  // of low, low + 1 …
};

const std::vector<Field>& Fields() {
  static const auto* fields = new std::vector<Field>{
      {"minute", 0, 59, {}},
      {"hour", 0, 23, {}},
      {"day of month", 1, 31, {}},
      {"month", 1, 12, {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
      {"day of week", 0, 7, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
  };
  return *fields;
}

absl::Status Bad(const Field& field, const std::string& text, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("cron: ", field.name, " \"", text, "\": ", what));
}

absl::StatusOr<int> ParseNumber(const Field& field, const std::string& part, const std::string& whole) {
  const std::string lower = absl::AsciiStrToLower(part);
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    if (lower == field.names[i]) return field.low + static_cast<int>(i);
  }
  int number = 0;
  if (part.empty() || part.size() > 4 || !std::all_of(part.begin(), part.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(part, &number) || number < field.low || number > field.high)
    return Bad(field, whole,
               absl::StrCat("\"", part, "\" is not a number from ", field.low, " to ", field.high,
                            field.names.empty() ? "" : absl::StrCat(" or a name such as ", field.names[0])));
  return number;
}

/// The numbers that a field says, as a set from 0.
absl::StatusOr<std::vector<bool>> ParseField(const Field& field, const std::string& text) {
  std::vector<bool> result(static_cast<std::size_t>(field.high) + 1, false);
  for (const std::string& item : std::vector<std::string>(absl::StrSplit(text, ','))) {
    const std::vector<std::string> halves = absl::StrSplit(item, '/');
    if (halves.size() > 2) return Bad(field, text, absl::StrCat("\"", item, "\" has more than one /"));
    int low = field.low, high = field.high, step = 1;
    if (halves[0] != "*") {
      const std::vector<std::string> ends = absl::StrSplit(halves[0], '-');
      if (ends.size() > 2) return Bad(field, text, absl::StrCat("\"", item, "\" is not a range a-b"));
      ASSIGN_OR_RETURN(low, ParseNumber(field, ends[0], text));
      if (ends.size() == 2) {
        ASSIGN_OR_RETURN(high, ParseNumber(field, ends[1], text));
        if (field.high == 7 && high == 0) high = 7;  // a week that ends on Sunday: fri-sun
        if (low > high) return Bad(field, text, absl::StrCat("\"", halves[0], "\" runs backwards"));
      } else if (halves.size() == 1) {
        high = low;
      }
    }
    if (halves.size() == 2) {
      if (halves[1].size() > 4 || !std::all_of(halves[1].begin(), halves[1].end(), absl::ascii_isdigit) ||
          !absl::SimpleAtoi(halves[1], &step) || step < 1)
        return Bad(field, text, absl::StrCat("\"", halves[1], "\" is not a step of 1 or more"));
    }
    for (int value = low; value <= high; value += step) result[static_cast<std::size_t>(value)] = true;
  }
  return result;
}

absl::Time ToAbsl(date::sys_seconds time) { return absl::FromUnixSeconds(time.time_since_epoch().count()); }

}  // namespace

absl::StatusOr<Cron> Cron::Parse(const std::string& expression, const std::string& zone) {
  const std::vector<std::string> texts = absl::StrSplit(expression, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (texts.size() != 5 || expression.size() > 500)
    return absl::InvalidArgumentError(absl::StrCat("cron: \"", expression.substr(0, 80), "\" has ", texts.size(),
                                                   " fields; there are five: minute hour day-of-month month day-of-week"));
  std::vector<std::vector<bool>> sets;
  for (std::size_t i = 0; i < 5; ++i) {
    ASSIGN_OR_RETURN(std::vector<bool> set, ParseField(Fields()[i], texts[i]));
    sets.push_back(std::move(set));
  }
  Cron cron;
  for (std::size_t i = 0; i < 60; ++i) cron.minutes_[i] = sets[0][i];
  for (std::size_t i = 0; i < 24; ++i) cron.hours_[i] = sets[1][i];
  for (std::size_t i = 1; i <= 31; ++i) cron.days_[i] = sets[2][i];
  for (std::size_t i = 1; i <= 12; ++i) cron.months_[i] = sets[3][i];
  for (std::size_t i = 0; i < 7; ++i) cron.weekdays_[i] = sets[4][i] || (i == 0 && sets[4][7]);
  cron.is_elapsed_ = texts[1][0] == '*';
  cron.any_day_ = texts[2][0] == '*';
  cron.any_weekday_ = texts[4][0] == '*';
  try {
    cron.zone_ = date::locate_zone(zone.empty() ? "UTC" : zone);
  } catch (const std::exception&) {
    return absl::InvalidArgumentError(absl::StrCat("time_zone: \"", zone, "\" is not an IANA time zone such as Europe/Berlin"));
  }
  return cron;
}

bool Cron::MatchesDay(int month, int day, int weekday) const {
  if (!months_[static_cast<std::size_t>(month)]) return false;
  const bool by_day = days_[static_cast<std::size_t>(day)];
  const bool by_weekday = weekdays_[static_cast<std::size_t>(weekday)];
  return any_day_ || any_weekday_ ? by_day && by_weekday : by_day || by_weekday;
}

std::optional<absl::Time> Cron::Next(absl::Time after) const {
  const date::sys_seconds from{std::chrono::seconds(absl::ToUnixSeconds(after))};
  const date::local_days first = date::floor<date::days>(zone_->to_local(from)) - date::days(1);
  for (int offset = 0; offset < kHorizonDays; ++offset) {
    const date::local_days local_day = first + date::days(offset);
    const date::year_month_day day{local_day};
    const auto weekday = date::weekday(local_day).c_encoding();
    if (!MatchesDay(static_cast<int>(static_cast<unsigned>(day.month())), static_cast<int>(static_cast<unsigned>(day.day())),
                    static_cast<int>(weekday)))
      continue;
    std::optional<absl::Time> best;
    const auto offer = [&](date::sys_seconds tick) {
      const absl::Time time = ToAbsl(tick);
      if (time > after && (!best || time < *best)) best = time;
    };
    for (int hour = 0; hour < 24; ++hour) {
      if (!hours_[static_cast<std::size_t>(hour)]) continue;
      for (int minute = 0; minute < 60; ++minute) {
        if (!minutes_[static_cast<std::size_t>(minute)]) continue;
        const date::local_seconds local = local_day + std::chrono::hours(hour) + std::chrono::minutes(minute);
        const date::local_info info = zone_->get_info(local);
        if (info.result == date::local_info::nonexistent) {
          if (!is_elapsed_) offer(info.first.end);
          continue;
        }
        offer(date::sys_seconds(local.time_since_epoch() - info.first.offset));
        if (is_elapsed_ && info.result == date::local_info::ambiguous)
          offer(date::sys_seconds(local.time_since_epoch() - info.second.offset));
      }
    }
    if (best) return best;
  }
  return std::nullopt;
}

}  // namespace millwright::scheduler
