#pragma once

#include <charconv>
#include <concepts>
#include <string>

#include "absl/strings/string_view.h"

namespace millwright::serving {

/// Appends JSON to a string. Numbers read back to the same double; text must be UTF-8.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& Raw(absl::string_view json) {
    out_.append(json.data(), json.size());
    return *this;
  }
  /// A finite number.
  JsonWriter& Number(double value) { return Print(value); }
  template <std::integral T>
  JsonWriter& Number(T value) {
    return Print(value);
  }
  JsonWriter& Text(absl::string_view text);
  JsonWriter& Bool(bool value) { return Raw(value ? "true" : "false"); }

 private:
  template <typename T>
  JsonWriter& Print(T value) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
    out_.append(buffer, end);
    return *this;
  }

  std::string& out_;
};

}  // namespace millwright::serving
