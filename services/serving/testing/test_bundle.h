#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/learn/bundle/bundle.h"
#include "serving/cache/bundle_cache.h"
#include "serving/domain/deployment.h"

namespace millwright::serving {

/// A bundle trained on a tiny table: columns asset, time (seconds), a, b; three rows of history; head "y" answers about
/// `level` plus a. The same level gives the same bundle.
learn::Bundle TrainTestBundle(double level);
/// Heads of every kind: number `y`, classes `move` (fall, small, surge), anomaly score `odd`.
learn::Bundle TrainBundleOfKinds();

/// Reads the text column `kind` too; head "y" answers about a, and 100 more where the kind is "hot".
learn::Bundle TrainTextBundle();

/// The same pipeline with a model that always answers `value`, or fails when it is empty.
learn::Bundle BundleAnswering(std::optional<float> value);

/// Three rows that the test bundles accept, as the body of /v1/predict.
inline constexpr char kGoodBody[] =
    R"({"asset_id":"p1","rows":[{"time":0,"a":1,"b":2},{"time":60,"a":2,"b":null},{"time":120,"a":3,"b":4}]})";
/// What `bundle` answers to kGoodBody.
double AnswerToGoodBody(const learn::Bundle& bundle);

/// Blobs in memory, for what needs no tracker.
class MemoryBlobs : public BlobReader {
 public:
  absl::Status Read(const base::WorkspaceId& workspace, const std::string& sha256,
                    const std::function<absl::Status(absl::string_view)>& sink) override;

  /// Adds the bundle's files; the arm they make.
  Arm Add(const learn::Bundle& bundle, int version);

  std::map<std::string, std::string> blobs;
  absl::Status failure;  // answered instead, unless OK
  int reads = 0;
};

}  // namespace millwright::serving
