#include "trainer-worker/tasks/spec.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"

namespace millwright::trainer {

const nlohmann::json* SpecReader::Find(const std::string& key, bool is_required) {
  known_.push_back(key);
  if (Has(key)) return &spec_.at(key);
  if (is_required && problem_.ok()) problem_ = absl::InvalidArgumentError(absl::StrCat(path_, ".", key, " is missing"));
  return nullptr;
}

void SpecReader::Refuse(const std::string& key, const std::string& what_would_be_right) {
  if (!problem_.ok()) return;
  std::string value = spec_.at(key).dump();
  if (value.size() > 60) value = absl::StrCat(base::Utf8Prefix(value, 60), "…");
  problem_ = absl::InvalidArgumentError(absl::StrCat(path_, ".", key, " is ", value, "; it must be ", what_would_be_right));
}

std::string SpecReader::Text(const std::string& key) {
  const nlohmann::json* value = Find(key, true);
  if (value == nullptr) return "";
  if (value->is_string() && !value->get_ref<const std::string&>().empty()) return value->get<std::string>();
  Refuse(key, "a text");
  return "";
}

std::string SpecReader::Text(const std::string& key, const std::string& fallback) {
  const nlohmann::json* value = Find(key, false);
  if (value == nullptr) return fallback;
  if (value->is_string()) return value->get<std::string>();
  Refuse(key, "a text");
  return "";
}

std::string SpecReader::OneOf(const std::string& key, const std::vector<std::string>& choices) {
  if (Find(key, true) == nullptr) return "";
  known_.pop_back();
  return OneOf(key, "", choices);
}

std::string SpecReader::OneOf(const std::string& key, const std::string& fallback, const std::vector<std::string>& choices) {
  const nlohmann::json* value = Find(key, false);
  if (value == nullptr) return fallback;
  if (value->is_string() && std::find(choices.begin(), choices.end(), *value) != choices.end()) return value->get<std::string>();
  Refuse(key, absl::StrJoin(choices, " or "));
  return fallback;
}

std::int64_t SpecReader::Int(const std::string& key, std::int64_t fallback, std::int64_t low, std::int64_t high) {
  const nlohmann::json* value = Find(key, false);
  if (value == nullptr) return fallback;
  if (value->is_number_integer() && *value >= low && *value <= high) return value->get<std::int64_t>();
  Refuse(key, absl::StrCat("a whole number from ", low, " to ", high));
  return fallback;
}

double SpecReader::Number(const std::string& key, double fallback, double low, double high) {
  const nlohmann::json* value = Find(key, false);
  if (value == nullptr) return fallback;
  if (value->is_number() && value->get<double>() >= low && value->get<double>() <= high) return value->get<double>();
  Refuse(key, absl::StrCat("a number from ", low, " to ", high));
  return fallback;
}

bool SpecReader::Bool(const std::string& key, bool fallback) {
  const nlohmann::json* value = Find(key, false);
  if (value == nullptr) return fallback;
  if (value->is_boolean()) return value->get<bool>();
  Refuse(key, "true or false");
  return fallback;
}

nlohmann::json SpecReader::Object(const std::string& key) {
  const nlohmann::json* value = Find(key, true);
  if (value != nullptr && value->is_object()) return *value;
  if (value != nullptr) Refuse(key, "an object");
  return nlohmann::json::object();
}

nlohmann::json SpecReader::ObjectOr(const std::string& key, nlohmann::json fallback) {
  const nlohmann::json* value = Find(key, false);
  if (value == nullptr) return fallback;
  if (value->is_object()) return *value;
  Refuse(key, "an object");
  return fallback;
}

nlohmann::json SpecReader::Array(const std::string& key) {
  const nlohmann::json* value = Find(key, true);
  if (value != nullptr && value->is_array()) return *value;
  if (value != nullptr) Refuse(key, "a list");
  return nlohmann::json::array();
}

std::vector<std::string> SpecReader::Texts(const std::string& key) {
  const nlohmann::json* value = Find(key, false);
  if (value == nullptr) return {};
  const bool is_texts =
      value->is_array() && std::all_of(value->begin(), value->end(), [](const nlohmann::json& item) { return item.is_string(); });
  if (is_texts) return value->get<std::vector<std::string>>();
  Refuse(key, "a list of texts");
  return {};
}

std::vector<double> SpecReader::Numbers(const std::string& key) {
  const nlohmann::json* value = Find(key, false);
  if (value == nullptr) return {};
  const bool is_numbers =
      value->is_array() && std::all_of(value->begin(), value->end(), [](const nlohmann::json& item) { return item.is_number(); });
  if (is_numbers) return value->get<std::vector<double>>();
  Refuse(key, "a list of numbers");
  return {};
}

nlohmann::json SpecReader::Any(const std::string& key) {
  const nlohmann::json* value = Find(key, false);
  return value == nullptr ? nlohmann::json() : *value;
}

nlohmann::json SpecReader::Parsed(const std::string& key) {
  const nlohmann::json value = Any(key);
  if (!value.is_string()) return value;
  if (value.get_ref<const std::string&>().empty()) return nullptr;
  nlohmann::json parsed = nlohmann::json::parse(value.get_ref<const std::string&>(), nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) Refuse(key, "JSON");
  return parsed;
}

absl::Status SpecReader::Finish() const {
  RETURN_IF_ERROR(problem_);
  for (const auto& [key, value] : spec_.items()) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
      return absl::InvalidArgumentError(absl::StrCat(path_, ".", key, " is not known; known are ", absl::StrJoin(known_, ", ")));
    }
  }
  return absl::OkStatus();
}

}  // namespace millwright::trainer
