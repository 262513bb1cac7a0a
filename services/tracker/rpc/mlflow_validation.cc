#include "tracker/rpc/mlflow_validation.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"
#include "lib/mlflow/text.h"

namespace millwright::tracker {
namespace {

constexpr std::size_t kMaxKey = 250;
constexpr std::size_t kMaxParam = 6000;
constexpr std::size_t kMaxTag = 8000;
constexpr std::size_t kMaxExperimentTag = 20000;

bool IsLonger(const std::string& text, std::size_t limit) { return text.size() > limit && base::CountCharacters(text) > limit; }

absl::Status TooLong(absl::string_view what, std::size_t limit) {
  return absl::InvalidArgumentError(absl::StrCat("'", what, "' exceeds the maximum length of ", limit, " characters"));
}

absl::Status InvalidValue(absl::string_view path, const std::string& value, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("Invalid value ", mlflow::PythonJson(value), " for parameter '", path, "' supplied", why.empty() ? "." : ": ", why));
}

std::string Path(const Place& place, const char* field) {
  return place.list == nullptr ? field : absl::StrCat(place.list, "[", place.index, "].", field);
}

bool IsPlainName(const std::string& name) {
  return !name.empty() && name[0] != '.' && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("_-. :", c);
  });
}

absl::Status CheckName(const Place& place, const char* field, const std::string& name) {
  if (IsPlainName(name)) return absl::OkStatus();
  const std::string path = Path(place, field);
  if (!mlflow::HasOnlyWordCharactersAnd("/.- :", name)) {
    return InvalidValue(path, name,
                        "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) "
                        "and slashes (/).");
  }
  const std::string normal = mlflow::NormalPath(name);
  if (normal == name && normal != "." && !absl::StartsWith(normal, "..") && !absl::StartsWith(normal, "/")) return absl::OkStatus();
  return InvalidValue(path, name,
                      absl::StrCat("Names may be treated as files in certain cases, and must not resolve to other names when "
                                   "treated as such. This name would resolve to ",
                                   mlflow::PythonRepr(normal)));
}

absl::Status CheckBatchLimit(absl::string_view what, std::size_t limit, std::size_t count) {
  if (count <= limit) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("A batch logging request can contain at most ", limit, " ", what, ". Got ", count,
                                                 " ", what, ". Please split up ", what, " across multiple requests and try again."));
}

// Of a location that a client wrote: lower case, empty for a path.
std::string SchemeOf(const std::string& location) {
  const std::size_t colon = location.find(':');
  if (colon == std::string::npos || colon == 0 || !absl::ascii_isalpha(static_cast<unsigned char>(location[0]))) return "";
  for (const char c : location.substr(0, colon)) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '+' && c != '-' && c != '.') return "";
  }
  return absl::AsciiStrToLower(location.substr(0, colon));
}

std::string PercentDecoded(std::string text) {
  for (int round = 0; round < 10; ++round) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '%' && i + 2 < text.size() && absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 1])) &&
          absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 2]))) {
        decoded += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
        i += 2;
      } else {
        decoded += text[i];
      }
    }
    if (decoded == text) break;
    text = std::move(decoded);
  }
  return text;
}

// Schemes by which a server would be led to another host than its own store.
constexpr std::array<absl::string_view, 10> kHostSchemes = {"ftp",  "sftp",  "hdfs",             "viewfs", "http",
                                                            "https", "mlflow-artifacts", "r2", "b2",     "abfss"};

}  // namespace

absl::StatusOr<ExperimentId> ReadExperimentId(const std::string& text) {
  absl::string_view digits = absl::StripAsciiWhitespace(text);
  const bool is_negative = absl::ConsumePrefix(&digits, "-");
  if (!is_negative) absl::ConsumePrefix(&digits, "+");
  const bool is_number = !digits.empty() && std::all_of(digits.begin(), digits.end(),
                                                        [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
  if (!is_number) {
    return absl::InvalidArgumentError(
        absl::StrCat("Invalid experiment ID '", text, "'. Experiment ID must be a valid integer."));
  }
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  if ((is_negative && digits != "0") || digits.size() > 18)
    return absl::NotFoundError(absl::StrCat("No Experiment with id=", is_negative ? "-" : "", digits, " exists"));
  return ExperimentId(std::string(digits));
}

absl::StatusOr<RunId> ReadRunId(const std::string& text) {
  absl::StatusOr<RunId> id = ParseRunId(text);
  if (!id.ok()) return absl::NotFoundError(absl::StrCat("Run with id=", text, " not found"));
  return id;
}

absl::Status CheckRunIdForm(const std::string& run_id) {
  const std::size_t count = base::CountCharacters(run_id);
  if (count >= 1 && count <= 256 && absl::ascii_isalnum(static_cast<unsigned char>(run_id[0])) &&
      mlflow::HasOnlyWordCharactersAnd("-", run_id)) {
    return absl::OkStatus();
  }
  return InvalidValue("run_id", run_id, "");
}

absl::Status CheckMlflowExperimentName(const std::string& name) {
  if (name.empty()) return absl::InvalidArgumentError(absl::StrCat("Invalid experiment name: '", name, "'"));
  if (IsLonger(name, 500)) return TooLong("name", 500);
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadArtifactLocation(const std::string& location) {
  if (location.empty()) return location;
  const std::size_t query = location.find('?');
  const std::string path = location.substr(0, query);
  if (absl::StrContains(location, '#') || absl::StrContains(path.substr(path.rfind('/') + 1), ';'))
    return absl::InvalidArgumentError("'artifact_location' URL can't include fragments or params.");
  if (query != std::string::npos && absl::StrContains(PercentDecoded(location.substr(query + 1)), ".."))
    return absl::InvalidArgumentError("Invalid query string");
  const std::string scheme = SchemeOf(location);
  const bool names_host = std::find(kHostSchemes.begin(), kHostSchemes.end(), scheme) != kHostSchemes.end();
  if (names_host && (scheme != "mlflow-artifacts" || absl::StrContains(location, "://"))) {
    return absl::InvalidArgumentError(
        absl::StrCat("'artifact_location' cannot use the '", scheme, "' scheme: the '", scheme,
                     "' scheme addresses a host other than the tracking server's configured artifact storage, so the server would "
                     "connect to the host named in the URI. Set the MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES environment "
                     "variable on the server to allow it."));
  }
  if (absl::StartsWith(location, "runs:")) {
    return absl::InvalidArgumentError(absl::StrCat("Artifact location cannot be a runs:/ URI. Given: '", location, "'"));
  }
  if (IsLonger(location, 2048)) {
    return absl::InvalidArgumentError(
        "Invalid artifact path length. The length of the artifact path cannot be greater than 2048 characters. To configure this "
        "limit, please set the MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH environment variable.");
  }
  if (scheme.empty() && location[0] != '/') return (std::filesystem::current_path() / location).string();
  return location;
}

absl::Status CheckExperimentTag(const KeyValue& tag) {
  RETURN_IF_ERROR(CheckName({}, "key", tag.key));
  if (IsLonger(tag.key, kMaxKey)) return TooLong("key", kMaxKey);
  if (IsLonger(tag.value, kMaxExperimentTag)) return TooLong("value", kMaxExperimentTag);
  return absl::OkStatus();
}

absl::Status CheckMetric(const Place& place, const Metric& metric) {
  RETURN_IF_ERROR(CheckName(place, "name", metric.key));
  if (metric.timestamp_ms < 0) {
    return absl::InvalidArgumentError(absl::StrCat("Invalid value ", metric.timestamp_ms, " for parameter '",
                                                   Path(place, "timestamp"), "' supplied: metric '", metric.key,
                                                   "' (value=", mlflow::PythonRepr(metric.value),
                                                   "). Timestamp must be a nonnegative long (64-bit integer) "));
  }
  if (IsLonger(metric.key, kMaxKey)) return TooLong("Metric name", kMaxKey);
  return absl::OkStatus();
}

absl::Status CheckParam(const Place& place, KeyValue& param) {
  RETURN_IF_ERROR(CheckName(place, "key", param.key));
  if (IsLonger(param.key, kMaxKey)) return TooLong("Param key", kMaxKey);
  if (IsLonger(param.value, kMaxParam)) param.value = mlflow::FirstCharacters(param.value, kMaxParam);
  return absl::OkStatus();
}

absl::Status CheckTag(const Place& place, KeyValue& tag) {
  RETURN_IF_ERROR(CheckName(place, "key", tag.key));
  if (IsLonger(tag.key, kMaxKey)) return TooLong(Path(place, "key"), kMaxKey);
  if (IsLonger(tag.value, kMaxTag)) tag.value = mlflow::FirstCharacters(tag.value, kMaxTag);
  return absl::OkStatus();
}

absl::Status CheckBatchLimits(std::size_t metrics, std::size_t params, std::size_t tags) {
  RETURN_IF_ERROR(CheckBatchLimit("metrics", 1000, metrics));
  RETURN_IF_ERROR(CheckBatchLimit("params", 100, params));
  RETURN_IF_ERROR(CheckBatchLimit("tags", 100, tags));
  return CheckBatchLimit("metrics, params, and tags", 1000, metrics + params + tags);
}

absl::Status CheckParamKeysDiffer(const std::vector<KeyValue>& params) {
  std::set<absl::string_view> seen;
  std::vector<std::string> twice;
  for (const KeyValue& param : params) {
    if (!seen.insert(param.key).second) twice.push_back(param.key);
  }
  if (twice.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("Duplicate parameter keys have been submitted: ", mlflow::PythonList(twice),
                                                 ". Please ensure the request contains only one param value per param key."));
}

absl::Status CheckKeysDiffer(const char* field, const std::vector<KeyValue>& items) {
  std::set<absl::string_view> seen;
  for (const KeyValue& item : items) {
    if (!seen.insert(item.key).second)
      return absl::AlreadyExistsError(absl::StrCat(field, ": \"", item.key, "\" is named twice; each key goes once"));
  }
  return absl::OkStatus();
}

}  // namespace millwright::tracker
