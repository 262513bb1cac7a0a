#include "tracker/domain/artifact.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/relative_path.h"
#include "lib/base/sha256.h"

namespace millwright::tracker {
namespace {

absl::Status Refuse(absl::string_view path, const char* fault) {
  if (fault == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("path: \"", absl::CHexEscape(path.substr(0, 200)), "\" ", fault,
                                                 "; an artifact's path is like \"model/model.ubj\""));
}

}  // namespace

absl::Status CheckArtifactPath(absl::string_view path) { return Refuse(path, base::RelativePathFault(path)); }

absl::Status CheckStoredPath(absl::string_view path) {
  return Refuse(path, base::RelativePathFault(path.empty() ? "" : absl::StrCat("_/", path)));
}

absl::Status CheckSha256(absl::string_view field, absl::string_view text) {
  if (base::IsSha256Hex(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, ": \"", absl::CHexEscape(text.substr(0, 100)), "\" is not a SHA-256 (64 lower-case hex digits)"));
}

}  // namespace millwright::tracker
