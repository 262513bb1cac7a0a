#include "lib/learn/learners/model_json.h"

#include "lib/learn/text.h"

namespace millwright::learn {

namespace {
constexpr std::size_t kMaxBytes = std::size_t{64} << 20;
}  // namespace

nlohmann::json NewModelJson(std::string_view kind) { return {{"format", 1}, {"kind", kind}}; }

void AskModelKeys(StrictObject& object) {
  object.Integer("format", 1, 1);
  object.Text("kind");
}

absl::StatusOr<nlohmann::json> ParseModelJson(std::string_view bytes, std::string_view kind) {
  if (bytes.size() > kMaxBytes)
    return absl::InvalidArgumentError(Cat("a model file of ", bytes.size(), " bytes is larger than ", kMaxBytes));
  nlohmann::json json = nlohmann::json::parse(bytes, nullptr, false);
  if (!json.is_object() || IsDeeper(json, 8)) return absl::InvalidArgumentError("not a whole model: it is no JSON object");
  if (!json.contains("kind") || json["kind"] != kind)
    return absl::InvalidArgumentError(Cat("not a whole model: kind must be \"", kind, "\""));
  return json;
}

std::vector<double> ExactNumbers(StrictObject& object, std::string_view key, std::size_t count) {
  object.Required(key);
  std::vector<double> numbers = object.Numbers(key);
  if (numbers.size() == count) return numbers;
  object.Fail(key, Cat("has ", numbers.size(), " numbers and must have ", count));
  return std::vector<double>(count);
}

absl::Status CheckColumns(const FeatureMatrix& features, std::size_t wanted) {
  if (features.columns == wanted) return absl::OkStatus();
  return absl::InvalidArgumentError(Cat("the rows have ", features.columns, " features and the model takes ", wanted));
}

}  // namespace millwright::learn
