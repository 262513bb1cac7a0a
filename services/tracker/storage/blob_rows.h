#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "tracker/domain/artifact_store.h"

namespace millwright::tracker {

/// Makes a sealed blob one that the workspace holds, and publishes it: both or neither, as seen by the collector, which the
/// blob's lock keeps out until the transaction ends.
absl::Status HoldBlob(pg::Tx& tx, const base::WorkspaceId& workspace, const Blob& blob, BlobWriter& writer);

/// A blob of the workspace that stays until the transaction ends, and is not idle; NotFound.
absl::StatusOr<Blob> KeepHeldBlob(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& sha256);

/// The same without keeping it.
absl::StatusOr<Blob> FindHeldBlob(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& sha256);

/// The lock of a blob's name, until the transaction ends: shared for who publishes, exclusive for who removes.
inline constexpr pg::Statement kShareBlobName{"share_blob_name", R"sql(
  SELECT pg_advisory_xact_lock_shared(('x' || substr($1, 1, 16))::bit(64)::bigint)
)sql"};
inline constexpr pg::Statement kLockBlobName{"lock_blob_name", R"sql(
  SELECT pg_advisory_xact_lock(('x' || substr($1, 1, 16))::bit(64)::bigint)
)sql"};

}  // namespace millwright::tracker
