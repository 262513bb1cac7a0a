#include "serving/domain/served_version.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace millwright::serving {

RawInput RawInput::Of(const learn::Bundle& bundle) {
  RawInput input;
  for (const learn::InputColumn& column : bundle.input()) {
    Place place;
    place.is_time = column.spec.role == learn::ColumnRole::kTime;
    if (column.spec.type == learn::ColumnType::kNumber) {
      place.index = static_cast<int>(input.columns.size());
      if (place.is_time && column.spec.unit == "s") input.instant = place.index;
      input.columns.push_back(column.spec.name);
      input.is_required.push_back(column.is_required);
    } else if (column.is_required) {
      place.is_text = true;
      place.index = static_cast<int>(input.texts.size());
      input.texts.push_back(column.spec.name);
    }
    input.places.emplace(column.spec.name, place);
  }
  return input;
}

std::string RawInput::Describe() const {
  std::vector<std::string> required = texts;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (is_required[i]) required.push_back(columns[i]);
  }
  return absl::StrJoin(required, ", ");
}

std::shared_ptr<const ServedVersion> MakeServedVersion(const Deployment& deployment, learn::Bundle bundle, absl::Time loaded_at,
                                                       std::shared_ptr<VersionStats> stats) {
  auto identity = std::make_shared<VersionIdentity>();
  identity->key = deployment.key;
  identity->version = deployment.primary->version;
  identity->revision = deployment.revision;
  for (const learn::BundleHead& head : bundle.heads()) identity->heads.push_back(head.name);
  RawInput input = RawInput::Of(bundle);
  return std::make_shared<const ServedVersion>(ServedVersion{.identity = std::move(identity),
                                                             .bundle_id = BundleId(*deployment.primary),
                                                             .loaded_at = loaded_at,
                                                             .bundle = std::move(bundle),
                                                             .input = std::move(input),
                                                             .stats = std::move(stats)});
}

}  // namespace millwright::serving
