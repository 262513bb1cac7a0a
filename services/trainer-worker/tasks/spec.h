#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace millwright::trainer {

/// Reads a step's `with` strictly: each value once, with its type and bounds, then Finish refuses what nobody asked for. The
/// first problem is kept and named (`with.pumps is "many"; it must be a whole number from 1 to 1000`).
class SpecReader {
 public:
  /// `path` is where `spec` stands.
  explicit SpecReader(const nlohmann::json& spec, std::string path = "with") : spec_(spec), path_(std::move(path)) {}

  std::string Text(const std::string& key);  // required
  std::string Text(const std::string& key, const std::string& fallback);
  std::string OneOf(const std::string& key, const std::vector<std::string>& choices);  // required
  std::string OneOf(const std::string& key, const std::string& fallback, const std::vector<std::string>& choices);
  std::int64_t Int(const std::string& key, std::int64_t fallback, std::int64_t low, std::int64_t high);
  double Number(const std::string& key, double fallback, double low, double high);
  nlohmann::json Object(const std::string& key);  // required
  nlohmann::json ObjectOr(const std::string& key, nlohmann::json fallback);
  nlohmann::json Array(const std::string& key);            // required
  std::vector<std::string> Texts(const std::string& key);  // empty when absent
  std::vector<double> Numbers(const std::string& key);     // empty when absent
  nlohmann::json Any(const std::string& key);              // null when absent
  nlohmann::json Parsed(const std::string& key);           // as Any, a text is read as JSON; "" is null
  bool Bool(const std::string& key, bool fallback);
  void Ignore(const std::string& key) { known_.push_back(key); }  // may be there, is not used
  bool Has(const std::string& key) const { return spec_.contains(key) && !spec_.at(key).is_null(); }

  /// InvalidArgument with the first problem, an unknown key among them.
  absl::Status Finish() const;

 private:
  const nlohmann::json* Find(const std::string& key, bool is_required);
  void Refuse(const std::string& key, const std::string& what_would_be_right);

  const nlohmann::json& spec_;
  const std::string path_;
  std::vector<std::string> known_;
  absl::Status problem_;
};

}  // namespace millwright::trainer
