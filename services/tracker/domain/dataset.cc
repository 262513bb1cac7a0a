#include "tracker/domain/dataset.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::tracker {

absl::Status Check(const NewDatasetVersion& facts) {
  if (facts.name.empty() || facts.name.size() > 200) {
    return absl::InvalidArgumentError(absl::StrCat("name: has ", facts.name.size(), " bytes; a dataset's name has 1 to 200"));
  }
  RETURN_IF_ERROR(CheckSha256("sha256", facts.sha256));
  RETURN_IF_ERROR(CheckSha256("content_hash", facts.content_hash));
  if (facts.row_count < 0) return absl::InvalidArgumentError(absl::StrCat("row_count: ", facts.row_count, " is negative"));
  return absl::OkStatus();
}

absl::StatusOr<DatasetVersionId> ParseDatasetVersionId(absl::string_view text, absl::string_view field) {
  std::int64_t number = 0;
  if (text.size() > 18 || !absl::SimpleAtoi(text, &number) || number < 1) {
    return absl::InvalidArgumentError(absl::StrCat(field, ": \"", text.substr(0, 100), "\" is not a dataset version's number"));
  }
  return DatasetVersionId(absl::StrCat(number));
}

}  // namespace millwright::tracker
