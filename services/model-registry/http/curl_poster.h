#pragma once

#include <string>

#include "absl/time/time.h"
#include "model-registry/domain/courier.h"

namespace millwright::registry {

struct CurlPosterOptions {
  bool may_be_private = false;  // whether loopback, private and link-local addresses are reached
  absl::Duration timeout = absl::Seconds(10);
};

/// POSTs by libcurl: http and https only, no redirects, no proxy, at most 64 KiB of answer read. The address is judged when the
/// connection is made, so no name can resolve to another one afterwards. Thread-safe.
class CurlPoster : public Poster {
 public:
  explicit CurlPoster(CurlPosterOptions options);
  PostAnswer Send(const Post& post) override;

 private:
  const CurlPosterOptions options_;
};

}  // namespace millwright::registry
