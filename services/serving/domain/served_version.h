#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "lib/learn/bundle/bundle.h"
#include "serving/domain/deployment.h"
#include "serving/domain/version_stats.h"

namespace millwright::serving {

/// What an answer says about who gave it; outlives the bundle in the prediction log.
struct VersionIdentity {
  ModelKey key;
  int version = 0;
  std::int64_t revision = 0;
  std::vector<std::string> heads;  // the first is the primary one
};

/// The raw input columns a request may name, prepared for look-up by name.
struct RawInput {
  struct Place {
    int index = -1;  // into `columns`, or into `texts`; -1: a text column that is accepted and ignored
    bool is_time = false;
    bool is_text = false;
  };
  std::vector<std::string> columns;  // the number columns, in the bundle's order
  std::vector<bool> is_required;
  std::vector<std::string> texts;  // the text columns that the model reads
  absl::flat_hash_map<std::string, Place> places;
  std::optional<int> instant;  // the column whose number is seconds since 1970

  static RawInput Of(const learn::Bundle& bundle);
  /// The names of required columns, or of those that may be sent, for messages.
  std::string Describe() const;
};

/// A model version ready to answer. Immutable but for its counters; const use is thread-safe.
struct ServedVersion {
  std::shared_ptr<const VersionIdentity> identity;
  std::string bundle_id;
  absl::Time loaded_at;
  learn::Bundle bundle;
  RawInput input;
  std::shared_ptr<VersionStats> stats;
};

/// `bundle` answering as the version that `deployment` names; deployment.primary must be set.
std::shared_ptr<const ServedVersion> MakeServedVersion(const Deployment& deployment, learn::Bundle bundle, absl::Time loaded_at,
                                                       std::shared_ptr<VersionStats> stats);

}  // namespace millwright::serving
