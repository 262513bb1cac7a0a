#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/id.h"

namespace millwright::serving {

/// A registered model of a workspace.
struct ModelKey {
  base::WorkspaceId workspace;
  std::string name;

  auto operator<=>(const ModelKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const ModelKey& key) {
    return H::combine(std::move(h), key.workspace, key.name);
  }
};

/// One file of a bundle.
struct BundleFile {
  std::string path;
  std::string sha256;
  std::uint64_t size = 0;

  bool operator==(const BundleFile&) const = default;
};

/// The version that answers, and the files it is made of.
struct Arm {
  int version = 0;
  std::string content_hash;
  std::vector<BundleFile> files;

  bool operator==(const Arm&) const = default;
};

/// What the registry says should answer for a model.
struct Deployment {
  ModelKey key;
  std::int64_t revision = 0;
  std::optional<Arm> primary;  // empty: nothing is in Production

  bool operator==(const Deployment&) const = default;
};

/// Names an arm's files by what they hold: SHA-256 over paths and digests. Two versions of one content hash may differ in
/// files (evaluation, lineage), so the content hash is not the name.
std::string BundleId(const Arm& arm);

}  // namespace millwright::serving
