#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "e2e/platform.h"
#include "lib/learn/bundle/bundle.h"

namespace millwright::e2e {

/// Uploads bytes as a blob through the gateway's gRPC door; the blob's SHA-256, or why it was refused.
absl::StatusOr<std::string> UploadBlob(Platform& platform, absl::string_view bytes);

/// A model of one sensor and one split: y is `right` where the last of `window` rows has x = 1, and 3 where it has 0.
learn::Bundle TrainStump(double right, int window = 1);

/// Makes a bundle the next version of a registered model, `version`, and releases it to Production.
void ReleaseBundle(Platform& platform, const std::string& model, const learn::Bundle& bundle, int version);

}  // namespace millwright::e2e
