#include "model-registry/domain/release.h"

namespace millwright::registry {

std::optional<int> PreviousProduction(const std::vector<ProductionEntry>& history, int current) {
  std::vector<int> stack;  // the versions that a rollback may return to, the newest last
  for (const ProductionEntry& entry : history) {
    if (entry.kind == PromotionKind::kRolledBack) {
      while (!stack.empty() && stack.back() != entry.version) stack.pop_back();
    }
    if (stack.empty() || stack.back() != entry.version) stack.push_back(entry.version);
  }
  while (!stack.empty() && stack.back() == current) stack.pop_back();
  if (stack.empty()) return std::nullopt;
  return stack.back();
}

}  // namespace millwright::registry
