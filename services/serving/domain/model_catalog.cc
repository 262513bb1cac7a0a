#include "serving/domain/model_catalog.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace millwright::serving {

absl::StatusOr<std::shared_ptr<const ServedVersion>> ModelCatalog::Find(const ModelKey& key, absl::string_view version) const {
  const std::shared_ptr<const Snapshot> models = snapshot();
  const auto found = models->find(key);
  if (found == models->end()) {
    return absl::NotFoundError(
        absl::StrCat("model \"", key.name, "\" is not deployed; promote one of its versions to Production"));
  }
  const CatalogEntry& entry = found->second;
  if (entry.served == nullptr) {
    if (entry.wanted_version == 0)
      return absl::NotFoundError(absl::StrCat("model \"", key.name, "\" has no version in Production"));
    if (!version.empty() && version != absl::StrCat(entry.wanted_version)) {
      return absl::NotFoundError(absl::StrCat("version ", version, " of model \"", key.name, "\" is not served; version ",
                                              entry.wanted_version, " is in Production"));
    }
    return absl::UnavailableError(absl::StrCat("version ", entry.wanted_version, " of model \"", key.name, "\" ",
                                               entry.state == LoadState::kFailed ? "could not be loaded" : "is being loaded",
                                               entry.reason.empty() ? "" : ": ", entry.reason));
  }
  if (!version.empty() && version != absl::StrCat(entry.served->identity->version)) {
    return absl::NotFoundError(absl::StrCat("version ", version, " of model \"", key.name, "\" is not served; version ",
                                            entry.served->identity->version, " is"));
  }
  return entry.served;
}

}  // namespace millwright::serving
