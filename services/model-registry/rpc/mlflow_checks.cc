#include "model-registry/rpc/mlflow_checks.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"
#include "lib/mlflow/text.h"
#include "lib/rpc/status.h"

namespace millwright::registry {
namespace {

// In characters.
constexpr std::size_t kMaxName = 256;
constexpr std::size_t kMaxDescription = 5000;
constexpr std::size_t kMaxKey = 250;
constexpr std::size_t kMaxValue = 100'000;
constexpr std::size_t kMaxModelTagValue = 5000;
constexpr std::size_t kMaxAlias = 255;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

absl::Status InvalidValue(absl::string_view field, const std::string& value, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("Invalid value ", mlflow::PythonJson(value), " for parameter '", field, "' supplied: ", why));
}

/// MLflow reaches its database with these, and answers with what that said.
absl::Status TooLongToStore(absl::string_view field, std::size_t limit) {
  return rpc::WithErrorCode(absl::InvalidArgumentError(absl::StrCat(field, ": at most ", limit, " characters are stored")),
                            "BAD_REQUEST");
}

absl::Status TooLong(absl::string_view field, std::size_t limit) {
  return absl::InvalidArgumentError(absl::StrCat("'", field, "' exceeds the maximum length of ", limit, " characters"));
}

absl::Status CheckResolvesToItself(absl::string_view field, const std::string& name) {
  const std::string normal = mlflow::NormalPath(name);
  if (normal == name && normal != "." && !absl::StartsWith(normal, "..") && !absl::StartsWith(normal, "/"))
    return absl::OkStatus();
  return InvalidValue(field, name,
                      absl::StrCat("Names may be treated as files in certain cases, and must not resolve to other names when "
                                   "treated as such. This name would resolve to ",
                                   mlflow::PythonRepr(normal)));
}

}  // namespace

absl::Status CheckMlflowModelName(const std::string& name) {
  if (absl::StripAsciiWhitespace(name).empty()) return absl::InvalidArgumentError("Missing value for required parameter 'name'.");
  if (name.find_first_of("/:") != std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat("Invalid model name '", name, "'. Names cannot contain '/' or ':'."));
  }
  RETURN_IF_ERROR(CheckResolvesToItself("name", name));
  if (base::CountCharacters(name) > kMaxName) return TooLongToStore("name", kMaxName);
  return absl::OkStatus();
}

absl::Status CheckMlflowDescription(const std::string& description) {
  if (base::CountCharacters(description) > kMaxDescription) return TooLongToStore("description", kMaxDescription);
  return absl::OkStatus();
}

absl::Status CheckMlflowTagKey(const std::string& key) {
  if (!mlflow::HasOnlyWordCharactersAnd("/.- :", key)) {
    return InvalidValue(
        "key", key,
        "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and "
        "slashes (/).");
  }
  return CheckResolvesToItself("key", key);
}

absl::Status CheckMlflowTag(const std::string& key, const std::string& value) {
  RETURN_IF_ERROR(CheckMlflowTagKey(key));
  if (base::CountCharacters(key) > kMaxKey) return TooLong("key", kMaxKey);
  if (base::CountCharacters(value) > kMaxValue) return TooLong("value", kMaxValue);
  return absl::OkStatus();
}

absl::Status CheckMlflowModelTag(const std::string& key, const std::string& value) {
  RETURN_IF_ERROR(CheckMlflowTag(key, value));
  if (base::CountCharacters(value) > kMaxModelTagValue) return TooLongToStore("value", kMaxModelTagValue);
  return absl::OkStatus();
}

absl::Status CheckMlflowAlias(const std::string& alias, bool is_new) {
  if (!mlflow::HasOnlyWordCharactersAnd("-", alias)) {
    return absl::InvalidArgumentError(absl::StrCat("Invalid alias name: '", alias,
                                                   "'. Names may only contain alphanumerics, underscores (_), and dashes (-)."));
  }
  if (base::CountCharacters(alias) > kMaxAlias) return TooLong("Registered model alias name", kMaxAlias);
  if (!is_new) return absl::OkStatus();
  if (absl::AsciiStrToLower(alias) == "latest")
    return absl::InvalidArgumentError("'latest' alias name (case insensitive) is reserved.");
  const bool is_like_version =
      alias.size() > 1 && (alias[0] == 'v' || alias[0] == 'V') && std::all_of(alias.begin() + 1, alias.end(), IsDigit);
  if (is_like_version) return absl::InvalidArgumentError(absl::StrCat("Version alias name '", alias, "' is reserved."));
  return absl::OkStatus();
}

absl::StatusOr<MlflowVersion> ReadMlflowVersion(const std::string& text) {
  absl::string_view rest = absl::StripAsciiWhitespace(text);
  const bool is_negative = absl::ConsumePrefix(&rest, "-");
  if (!is_negative) absl::ConsumePrefix(&rest, "+");
  if (rest.empty() || !std::all_of(rest.begin(), rest.end(), IsDigit))
    return absl::InvalidArgumentError(absl::StrCat("Parameter 'version' must be an integer, got '", text, "'."));
  rest.remove_prefix(std::min(rest.find_first_not_of('0'), rest.size() - 1));
  MlflowVersion version{.text = absl::StrCat(is_negative && rest != "0" ? "-" : "", rest)};
  if (is_negative || !absl::SimpleAtoi(rest, &version.number)) version.number = 0;
  return version;
}

absl::StatusOr<Stage> ReadMlflowStage(const std::string& text) {
  const std::string lower = absl::AsciiStrToLower(text);
  for (const Stage stage : {Stage::kNone, Stage::kStaging, Stage::kProduction, Stage::kArchived}) {
    if (absl::AsciiStrToLower(Name(stage)) == lower) return stage;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("Invalid Model Version stage: ", text, ". Value must be one of None, Staging, Production, Archived."));
}

absl::Status OfModel(const absl::Status& status, const std::string& name) {
  if (!absl::IsNotFound(status)) return status;
  return absl::NotFoundError(absl::StrCat("Registered Model with name=", name, " not found"));
}

absl::Status OfVersion(const absl::Status& status, const std::string& name, const MlflowVersion& version) {
  if (!absl::IsNotFound(status)) return status;
  return absl::NotFoundError(absl::StrCat("Model Version (name=", name, ", version=", version.text, ") not found"));
}

absl::Status AlreadyThere(const absl::Status& status, const std::string& name) {
  if (!absl::IsAlreadyExists(status)) return status;
  return absl::AlreadyExistsError(absl::StrCat("Registered Model (name=", name, ") already exists."));
}

}  // namespace millwright::registry
