#include "model-registry/domain/model.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/relative_path.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"

namespace millwright::registry {
namespace {

constexpr std::size_t kMaxModelName = 256;  // characters
constexpr std::size_t kMaxName = 250;
constexpr std::size_t kMaxText = 5000;
constexpr std::size_t kMaxLineageBytes = 1 << 20;
constexpr std::size_t kMaxFiles = 10000;
constexpr std::size_t kMaxMetrics = 1000;
constexpr std::size_t kMaxKey = 250;        // characters, as MLflow counts them
constexpr std::size_t kMaxValue = 100'000;  // characters
constexpr std::size_t kMaxAlias = 255;
constexpr std::size_t kMaxTags = 1000;
constexpr std::size_t kMaxSource = 8192;

absl::Status CheckPath(const std::string& path) {
  const char* fault = base::RelativePathFault(path);
  if (fault == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("files.path: \"", absl::CHexEscape(path.substr(0, 100)), "\" ", fault,
                                                 "; a file of a bundle is like \"model.ubj\""));
}

}  // namespace

std::string Name(Stage stage) {
  switch (stage) {
    case Stage::kNone:
      return "None";
    case Stage::kStaging:
      return "Staging";
    case Stage::kProduction:
      return "Production";
    case Stage::kArchived:
      return "Archived";
  }
  return "";
}

std::optional<Stage> StageOf(absl::string_view name) {
  for (const Stage stage : {Stage::kNone, Stage::kStaging, Stage::kProduction, Stage::kArchived}) {
    if (Name(stage) == name) return stage;
  }
  return std::nullopt;
}

absl::Status CheckText(absl::string_view field, absl::string_view value, std::size_t max_bytes) {
  if (value.size() > max_bytes) {
    return absl::InvalidArgumentError(absl::StrCat(field, ": ", value.size(), " bytes; at most ", max_bytes, " are allowed"));
  }
  if (value.find('\0') != absl::string_view::npos) return absl::InvalidArgumentError(absl::StrCat(field, ": holds a zero byte"));
  return absl::OkStatus();
}

absl::Status CheckModelName(const std::string& name) {
  if (name.empty()) return absl::InvalidArgumentError("name: missing; a registered model's name has 1 to 256 characters");
  RETURN_IF_ERROR(CheckText("name", name, kMaxModelName * 4));
  if (!base::IsUtf8(name) || base::CountCharacters(name) > kMaxModelName)
    return absl::InvalidArgumentError(absl::StrCat("name: must be UTF-8 of at most ", kMaxModelName, " characters"));
  if (name.find_first_of("/:") != std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat("name: \"", name, "\" holds '/' or ':', which a model's name may not"));
  }
  return absl::OkStatus();
}

bool IsServable(const ModelVersion& version) { return !version.content_hash.empty() && !version.files.empty(); }

absl::Status CheckTag(const std::string& key, const std::string& value) {
  if (key.empty()) return absl::InvalidArgumentError("tags: a tag without a key");
  RETURN_IF_ERROR(CheckText("tags", key, kMaxKey * 4));
  RETURN_IF_ERROR(CheckText("tags", value, kMaxValue * 4));
  if (!base::IsUtf8(key) || !base::IsUtf8(value)) return absl::InvalidArgumentError("tags: not UTF-8");
  if (base::CountCharacters(key) > kMaxKey || base::CountCharacters(value) > kMaxValue) {
    return absl::InvalidArgumentError(absl::StrCat("tags: the key has ", base::CountCharacters(key), " characters and the value ",
                                                   base::CountCharacters(value), "; at most ", kMaxKey, " and ", kMaxValue,
                                                   " are allowed"));
  }
  return absl::OkStatus();
}

absl::Status CheckAlias(const std::string& alias) {
  // Letters of every script: what is beyond ASCII is UTF-8 already.
  const auto is_word = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || absl::ascii_isalnum(byte) || c == '_' || c == '-';
  };
  const auto is_digit = [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); };
  if (alias.empty() || alias.size() > kMaxAlias || !std::all_of(alias.begin(), alias.end(), is_word)) {
    return absl::InvalidArgumentError(
        absl::StrCat("alias: \"", absl::CHexEscape(alias.substr(0, 100)), "\" must be 1 to 255 letters, digits, '_' or '-'"));
  }
  const bool is_like_version =
      alias.size() > 1 && (alias[0] == 'v' || alias[0] == 'V') && std::all_of(alias.begin() + 1, alias.end(), is_digit);
  if (is_like_version || absl::AsciiStrToLower(alias) == "latest") {
    return absl::InvalidArgumentError(absl::StrCat("alias: \"", alias, "\" is reserved: it reads as a version"));
  }
  return absl::OkStatus();
}

absl::Status CheckNewVersion(const NewVersion& version) {
  RETURN_IF_ERROR(CheckText("run_id", version.run_id, kMaxName));
  if (version.content_hash.empty() && version.source.empty()) {
    return absl::InvalidArgumentError(
        "content_hash: missing; give the hash of the model bundle, or a source for a model that is no bundle");
  }
  RETURN_IF_ERROR(CheckText("source", version.source, kMaxSource));
  RETURN_IF_ERROR(CheckText("run_link", version.run_link, kMaxSource));
  RETURN_IF_ERROR(CheckText("logged_model_id", version.logged_model_id, kMaxName));
  if (version.tags.size() > kMaxTags)
    return absl::InvalidArgumentError(absl::StrCat("tags: ", version.tags.size(), " tags; at most ", kMaxTags, " are allowed"));
  for (const auto& [key, value] : version.tags) RETURN_IF_ERROR(CheckTag(key, value));
  RETURN_IF_ERROR(CheckText("content_hash", version.content_hash, kMaxName));
  RETURN_IF_ERROR(CheckText("description", version.description, kMaxText));
  RETURN_IF_ERROR(CheckText("request_id", version.request_id, kMaxName));
  if (version.files.size() > kMaxFiles) {
    return absl::InvalidArgumentError(
        absl::StrCat("files: ", version.files.size(), " files; at most ", kMaxFiles, " are allowed"));
  }
  std::set<std::string> paths;
  for (const BundleFile& file : version.files) {
    RETURN_IF_ERROR(CheckPath(file.path));
    if (!base::IsSha256Hex(file.sha256)) {
      return absl::InvalidArgumentError(
          absl::StrCat("files.sha256: \"", file.sha256.substr(0, 80), "\" of ", file.path, " is not 64 lower-case hex digits"));
    }
    if (!paths.insert(file.path).second)
      return absl::InvalidArgumentError(absl::StrCat("files.path: \"", file.path, "\" is there twice"));
  }
  if (version.lineage.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).size() > kMaxLineageBytes) {
    return absl::InvalidArgumentError("lineage: more than 1 MiB as JSON");
  }
  return absl::OkStatus();
}

absl::Status CheckEvaluation(const Evaluation& evaluation) {
  if (evaluation.dataset_version_id.empty()) return absl::InvalidArgumentError("dataset_version_id: missing");
  RETURN_IF_ERROR(CheckText("dataset_version_id", evaluation.dataset_version_id, kMaxName));
  RETURN_IF_ERROR(CheckText("run_id", evaluation.run_id, kMaxName));
  if (evaluation.metrics.empty() || evaluation.metrics.size() > kMaxMetrics) {
    return absl::InvalidArgumentError(
        absl::StrCat("metrics: ", evaluation.metrics.size(), " metrics; 1 to ", kMaxMetrics, " are allowed"));
  }
  for (const auto& [metric, value] : evaluation.metrics) {
    if (metric.empty()) return absl::InvalidArgumentError("metrics: a metric without a name");
    RETURN_IF_ERROR(CheckText("metrics", metric, kMaxName));
  }
  return absl::OkStatus();
}

}  // namespace millwright::registry
