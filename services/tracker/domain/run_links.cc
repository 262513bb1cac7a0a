#include "tracker/domain/run_links.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"

namespace millwright::tracker {
namespace {

absl::Status CheckLength(const char* field, const std::string& text, std::size_t most) {
  if (text.size() <= most || base::CountCharacters(text) <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("'", field, "' exceeds the maximum length of ", most, " characters"));
}

absl::Status Check(const DatasetInput& input) {
  RETURN_IF_ERROR(CheckLength("name", input.dataset.name, 500));
  RETURN_IF_ERROR(CheckLength("digest", input.dataset.digest, 36));
  RETURN_IF_ERROR(CheckLength("source", input.dataset.source, 65535));
  if (input.dataset.schema) RETURN_IF_ERROR(CheckLength("schema", *input.dataset.schema, 1048575));
  if (input.dataset.profile) RETURN_IF_ERROR(CheckLength("profile", *input.dataset.profile, 16777215));
  for (const KeyValue& tag : input.tags) {
    RETURN_IF_ERROR(CheckLength("key", tag.key, 255));
    RETURN_IF_ERROR(CheckLength("value", tag.value, 500));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status NormaliseDatasets(std::vector<DatasetInput>& inputs) {
  if (inputs.size() > 1000)
    return absl::InvalidArgumentError(absl::StrCat("datasets: has ", inputs.size(), " entries; at most 1000 in one call"));
  std::set<std::pair<std::string, std::string>> seen;
  std::vector<DatasetInput> kept;
  for (DatasetInput& input : inputs) {
    RETURN_IF_ERROR(Check(input));
    if (!seen.emplace(input.dataset.name, input.dataset.digest).second) continue;
    kept.push_back(std::move(input));
  }
  inputs = std::move(kept);
  return absl::OkStatus();
}

absl::Status CheckModelIds(const std::vector<std::string>& ids) {
  if (ids.size() > 1000)
    return absl::InvalidArgumentError(absl::StrCat("models: has ", ids.size(), " entries; at most 1000 in one call"));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i].size() > 250)
      return absl::InvalidArgumentError(
          absl::StrCat("models[", i, "].model_id: has ", ids[i].size(), " bytes; an id has at most 250"));
  }
  return absl::OkStatus();
}

}  // namespace millwright::tracker
