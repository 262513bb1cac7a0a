#include "tracker/storage/purge_runs.h"

#include "lib/base/status_macros.h"
#include "tracker/storage/settle_metrics.h"

namespace millwright::tracker {
namespace {

// The rows without a foreign key go by hand; a batch that is committing right now may leave a log row, which settling drops.
constexpr pg::Statement kDropLog{"purge_metric_log", "DELETE FROM tracker.metric_log WHERE run_number = ANY ($1::bigint[])"};
constexpr pg::Statement kDropChunks{"purge_metric_chunks",
                                    "DELETE FROM tracker.metric_chunks WHERE run_number = ANY ($1::bigint[])"};
constexpr pg::Statement kDropLatest{"purge_latest_metrics",
                                    "DELETE FROM tracker.latest_metrics WHERE run_number = ANY ($1::bigint[])"};
constexpr pg::Statement kDropRuns{"purge_runs", "DELETE FROM tracker.runs WHERE number = ANY ($1::bigint[])"};

}  // namespace

absl::Status PurgeRuns(pg::Tx& tx, const std::vector<std::int64_t>& runs) {
  RETURN_IF_ERROR(LockSettling(tx));
  for (const pg::Statement& statement : {kDropLog, kDropChunks, kDropLatest, kDropRuns})
    RETURN_IF_ERROR(tx.Execute(statement, runs).status());
  return absl::OkStatus();
}

}  // namespace millwright::tracker
