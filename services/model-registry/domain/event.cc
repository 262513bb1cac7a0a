#include "model-registry/domain/event.h"

namespace millwright::registry {

const std::vector<std::string>& EventKinds() {
  static const auto* kinds = new std::vector<std::string>{
      "model.created",     "model.updated",     "model.renamed",     "model.deleted",       "model.tag_set",
      "model.tag_deleted", "model.rolled_back", "alias.set",         "alias.deleted",       "version.created",
      "version.updated",   "version.deleted",   "version.tag_set",   "version.tag_deleted", "version.transitioned",
      "version.refused",   "gate.set",          "approval.recorded", "check.recorded",      "evaluation.recorded",
  };
  return *kinds;
}

}  // namespace millwright::registry
