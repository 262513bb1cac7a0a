#pragma once

#include <limits>
#include <utility>
#include <vector>

#include "tracker/domain/run_store.h"

namespace millwright::tracker {

/// What a statement takes for `number < $n` on the first page.
inline std::int64_t Before(const Page& page) { return page.before.value_or(std::numeric_limits<std::int64_t>::max()); }

/// What a view asks of `deleted_at IS NOT NULL`; empty when it asks nothing.
inline std::optional<bool> IsDeleted(LifecycleView view) {
  if (view == LifecycleView::kAll) return std::nullopt;
  return view == LifecycleView::kDeleted;
}

/// The page of `items` that were read one more than the page holds; `numbers` are their row numbers.
template <typename T>
PageOf<T> Cut(std::vector<T> items, const std::vector<std::int64_t>& numbers, const Page& page) {
  PageOf<T> result{std::move(items), std::nullopt};
  const auto size = static_cast<std::size_t>(page.size);
  if (result.items.size() > size) {
    result.items.resize(size);
    result.next = numbers[size - 1];
  }
  return result;
}

}  // namespace millwright::tracker
