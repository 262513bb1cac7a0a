#include "lib/learn/strict_json.h"

#include <algorithm>
#include <cmath>

#include "lib/learn/text.h"

namespace millwright::learn {

namespace {
const nlohmann::json& Nothing() {
  static const nlohmann::json nothing;
  return nothing;
}
}  // namespace

bool IsDeeper(const nlohmann::json& json, int depth) {
  if (!json.is_structured()) return false;
  if (depth == 0) return true;
  return std::any_of(json.begin(), json.end(), [&](const nlohmann::json& inner) { return IsDeeper(inner, depth - 1); });
}

std::string Excerpt(const nlohmann::json& value) {
  if (IsDeeper(value, 8)) return "a deeply nested value";
  std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 60) + "…";
  return text;
}

StrictObject::StrictObject(const nlohmann::json& json, std::string_view path)
    : json_(json.is_object() ? json : Nothing()), path_(path) {
  if (!json.is_object()) {
    status_ = absl::InvalidArgumentError(Cat(path_.empty() ? "the document" : path_, ": ", Excerpt(json), " must be an object"));
  }
}

std::string StrictObject::PathOf(std::string_view key) const { return path_.empty() ? std::string(key) : Cat(path_, ".", key); }

void StrictObject::Fail(std::string_view key, std::string_view what) {
  if (status_.ok()) status_ = absl::InvalidArgumentError(Cat(PathOf(key), ": ", what));
}

const nlohmann::json* StrictObject::Optional(std::string_view key) {
  asked_.emplace_back(key);
  if (!json_.is_object()) return nullptr;
  const auto it = json_.find(key);
  return it == json_.end() ? nullptr : &*it;
}

const nlohmann::json& StrictObject::Required(std::string_view key) {
  if (const nlohmann::json* value = Optional(key)) return *value;
  Fail(key, "is missing");
  return Nothing();
}

std::string StrictObject::Text(std::string_view key, std::optional<std::string> fallback) {
  const nlohmann::json* value = fallback ? Optional(key) : &Required(key);
  if (value == nullptr) return *fallback;
  if (value->is_string()) return value->get<std::string>();
  Fail(key, Cat(Excerpt(*value), " must be a text"));
  return "";
}

bool StrictObject::Bool(std::string_view key, bool fallback) {
  const nlohmann::json* value = Optional(key);
  if (value == nullptr) return fallback;
  if (value->is_boolean()) return value->get<bool>();
  Fail(key, Cat(Excerpt(*value), " must be true or false"));
  return fallback;
}

double StrictObject::Number(std::string_view key, double low, double high, std::optional<double> fallback) {
  const nlohmann::json* value = fallback ? Optional(key) : &Required(key);
  if (value == nullptr) return *fallback;
  const double number = value->is_number() ? value->get<double>() : std::nan("");
  if (number >= low && number <= high) return number;
  Fail(key, Cat(Excerpt(*value), " must be a number from ", low, " to ", high));
  return low;
}

std::int64_t StrictObject::Integer(std::string_view key, std::int64_t low, std::int64_t high,
                                   std::optional<std::int64_t> fallback) {
  const nlohmann::json* value = fallback ? Optional(key) : &Required(key);
  if (value == nullptr) return *fallback;
  // Samplers and JSON writers turn 5 into 5.0; that is still the integer 5.
  const double number = value->is_number() ? value->get<double>() : std::nan("");
  if (number >= static_cast<double>(low) && number <= static_cast<double>(high) && number == std::floor(number))
    return static_cast<std::int64_t>(number);
  Fail(key, Cat(Excerpt(*value), " must be a whole number from ", low, " to ", high));
  return low;
}

std::vector<std::string> StrictObject::Texts(std::string_view key) {
  std::vector<std::string> texts;
  const nlohmann::json* value = Optional(key);
  if (value == nullptr) return texts;
  if (!value->is_array()) {
    Fail(key, Cat(Excerpt(*value), " must be a list of texts"));
    return texts;
  }
  for (const nlohmann::json& item : *value) {
    if (!item.is_string()) {
      Fail(key, Cat(Excerpt(item), " must be a text"));
      return texts;
    }
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::vector<double> StrictObject::Numbers(std::string_view key) {
  std::vector<double> numbers;
  const nlohmann::json* value = Optional(key);
  if (value == nullptr) return numbers;
  if (!value->is_array()) {
    Fail(key, Cat(Excerpt(*value), " must be a list of numbers"));
    return numbers;
  }
  for (const nlohmann::json& item : *value) {
    if (!item.is_number()) {
      Fail(key, Cat(Excerpt(item), " must be a number"));
      return numbers;
    }
    numbers.push_back(item.get<double>());
  }
  return numbers;
}

absl::Status StrictObject::Finish() {
  if (!status_.ok() || !json_.is_object()) return status_;
  for (const auto& [key, value] : json_.items()) {
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) {
      return absl::InvalidArgumentError(Cat(PathOf(key), ": unknown key; known here: ", Join(asked_)));
    }
  }
  return absl::OkStatus();
}

}  // namespace millwright::learn
