#pragma once

#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "lib/pg/statement.h"

namespace millwright::tracker {

/// Texts of statements that are put together from what callers ask: planning some of them takes longer than running them, so the
/// first few hundred are kept and prepared. For those whose best plan does not hang on the parameters. Lives as long as the
/// connections do. Thread-safe.
class StatementTexts {
 public:
  /// The statement of this text, which must live as long as the call that runs it.
  pg::Statement Prepared(const char* name, const std::string& sql) {
    absl::MutexLock lock(&mutex_);
    auto kept = texts_.find(sql);
    if (kept == texts_.end() && texts_.size() < kMaxKept && sql.size() < kMaxBytes) kept = texts_.insert(sql).first;
    if (kept == texts_.end()) return {name, sql.c_str()};
    return {name, kept->c_str(), pg::Plan::kPrepared};
  }

 private:
  static constexpr std::size_t kMaxKept = 300;
  static constexpr std::size_t kMaxBytes = 8000;
  absl::Mutex mutex_;
  std::set<std::string> texts_ ABSL_GUARDED_BY(mutex_);  // their addresses are the statements' identity
};

}  // namespace millwright::tracker
