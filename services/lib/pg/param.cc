#include <charconv>
#include <cmath>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/pg/database.h"

namespace millwright::pg {
namespace {

template <typename T, typename F>
std::string ArrayText(const std::vector<T>& values, F&& append) {
  std::string text = "{";
  for (const T& value : values) {
    if (text.size() > 1) text += ',';
    append(text, value);
  }
  return text + '}';
}

}  // namespace

std::string Param::DoubleText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char buffer[40];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

Param::Param(absl::Time value) {
  if (value == absl::InfiniteFuture()) {
    text_ = "infinity";
  } else if (value == absl::InfinitePast()) {
    text_ = "-infinity";
  } else {
    text_ = absl::FormatTime("%E4Y-%m-%d %H:%M:%E6S+00", value, absl::UTCTimeZone());
  }
}

Param::Param(const nlohmann::json& value) : text_(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)) {}

Param::Param(const std::vector<std::string>& values)
    : text_(ArrayText(values, [](std::string& text, const std::string& value) {
        text += '"';
        for (const char c : value) {
          if (c == '"' || c == '\\') text += '\\';
          text += c;
        }
        text += '"';
      })) {}

Param::Param(const std::vector<std::int64_t>& values)
    : text_(ArrayText(values, [](std::string& text, std::int64_t value) { absl::StrAppend(&text, value); })) {}

Param::Param(const std::vector<double>& values)
    : text_(ArrayText(values, [](std::string& text, double value) { text += DoubleText(value); })) {}

Param Bytes(absl::string_view raw) { return Param("\\x" + absl::BytesToHexString(raw)); }

Param BytesArray(const std::vector<std::string>& raw) {
  return Param(ArrayText(raw, [](std::string& text, const std::string& value) {
    absl::StrAppend(&text, "\"\\\\x", absl::BytesToHexString(value), "\"");
  }));
}

}  // namespace millwright::pg
