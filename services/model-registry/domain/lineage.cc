#include "model-registry/domain/lineage.h"

#include "lib/base/status_macros.h"

namespace millwright::registry {

absl::Status CheckPoint(const LineagePoint& point) {
  constexpr std::size_t kMaxId = 250;
  for (const std::string* text : {&point.dataset_version_id, &point.run_id, &point.logged_model_id})
    RETURN_IF_ERROR(CheckText("lineage", *text, kMaxId));
  const int set = !point.dataset_version_id.empty() + !point.run_id.empty() + !point.logged_model_id.empty() +
                  !point.name.empty() + !point.deployment.empty();
  if (set != 1 || point.name.empty() != (point.version == 0)) {
    return absl::InvalidArgumentError(
        "lineage: name one thing: dataset_version_id, run_id, logged_model_id, deployment, or name with version");
  }
  return absl::OkStatus();
}

}  // namespace millwright::registry
