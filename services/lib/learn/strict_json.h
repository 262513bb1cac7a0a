#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// Reads the keys of one JSON object; whatever goes wrong first, an unknown key among it, is kept as InvalidArgument with the
/// key's path. An absent optional key leaves the default.
class StrictObject {
 public:
  /// `path` is where `json` stands, "" at the top.
  StrictObject(const nlohmann::json& json, std::string_view path);

  const nlohmann::json* Optional(std::string_view key);
  const nlohmann::json& Required(std::string_view key);

  std::string Text(std::string_view key, std::optional<std::string> fallback = std::nullopt);
  bool Bool(std::string_view key, bool fallback);
  double Number(std::string_view key, double low, double high, std::optional<double> fallback = std::nullopt);
  std::int64_t Integer(std::string_view key, std::int64_t low, std::int64_t high,
                       std::optional<std::int64_t> fallback = std::nullopt);
  std::vector<std::string> Texts(std::string_view key);
  std::vector<double> Numbers(std::string_view key);

  std::string PathOf(std::string_view key) const;
  void Fail(std::string_view key, std::string_view what);
  /// The first error, or one that names a key nobody asked for.
  absl::Status Finish();

 private:
  const nlohmann::json& json_;
  std::string path_;
  std::vector<std::string> asked_;
  absl::Status status_;
};

/// Whether objects and lists stand in each other more than `depth` deep.
bool IsDeeper(const nlohmann::json& json, int depth);

/// A JSON value for a message, cut to 60 characters.
std::string Excerpt(const nlohmann::json& value);

}  // namespace millwright::learn
