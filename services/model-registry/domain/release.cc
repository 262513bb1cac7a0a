#include "model-registry/domain/release.h"

namespace millwright::registry {

int PrimaryOf(const std::vector<InProduction>& versions) {
  const InProduction* primary = nullptr;
  for (const InProduction& version : versions) {
    if (version.is_servable && (primary == nullptr || version.moved_by > primary->moved_by)) primary = &version;
  }
  return primary == nullptr ? 0 : primary->version;
}

std::optional<int> PreviousProduction(const std::vector<ProductionEntry>& history, int current) {
  std::vector<int> stack;  // the versions that a rollback may return to, the newest last
  for (const ProductionEntry& entry : history) {
    if (entry.is_return) {
      while (!stack.empty() && stack.back() != entry.version) stack.pop_back();
    }
    if (stack.empty() || stack.back() != entry.version) stack.push_back(entry.version);
  }
  while (!stack.empty() && stack.back() == current) stack.pop_back();
  if (stack.empty()) return std::nullopt;
  return stack.back();
}

}  // namespace millwright::registry
