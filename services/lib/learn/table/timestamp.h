#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millwright::learn {

/// ISO-8601 ("2024-05-01", "2024-05-01 12:30[:05[.25]]", "T" for the blank, "Z", "UTC", "+09:00" or "+0900" at the end; without a
/// zone UTC) as seconds since 1970.
std::optional<double> ParseTimestamp(std::string_view text);

/// Seconds since 1970 as "2024-05-01T12:30:05Z", with as many decimals (at most 6) as it has.
std::string FormatTimestamp(double seconds);

}  // namespace millwright::learn
