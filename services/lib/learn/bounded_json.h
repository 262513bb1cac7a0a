#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "nlohmann/json.hpp"

namespace millwright::learn {

constexpr int kMaxBinaryDepth = 64;
enum class BinaryJson { kMessagePack, kUbjson };

/// A value from its binary form; nothing when it is broken, has a rest, or is nested deeper than that: the library's readers
/// recurse, so a file of brackets would end the process.
inline std::optional<nlohmann::json> ParseBinaryJson(std::string_view bytes, BinaryJson form) {
  using Dom = nlohmann::detail::json_sax_dom_parser<nlohmann::json>;
  class Bounded : public Dom {
   public:
    explicit Bounded(nlohmann::json& value) : Dom(value, false) {}
    bool start_object(std::size_t size) { return ++depth_ <= kMaxBinaryDepth && Dom::start_object(size); }
    bool end_object() { return --depth_, Dom::end_object(); }
    bool start_array(std::size_t size) { return ++depth_ <= kMaxBinaryDepth && Dom::start_array(size); }
    bool end_array() { return --depth_, Dom::end_array(); }

   private:
    int depth_ = 0;
  };
  nlohmann::json value;
  Bounded reader(value);
  const auto format =
      form == BinaryJson::kMessagePack ? nlohmann::json::input_format_t::msgpack : nlohmann::json::input_format_t::ubjson;
  // The reader throws for some broken sizes even when told not to.
  try {
    if (!nlohmann::json::sax_parse(bytes, &reader, format, true)) return std::nullopt;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
  return value;
}

}  // namespace millwright::learn
