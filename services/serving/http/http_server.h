#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "serving/http/inference_routes.h"

namespace millwright::serving {

/// Bounds of the inference door.
struct HttpOptions {
  std::string address = "127.0.0.1:8000";  // port 0: any
  int io_threads = 1;
  int compute_threads = 2;
  int max_connections = 10'000;
  int max_queue = 256;  // predictions waiting or running; more are refused with 429
  std::size_t max_header_bytes = 16 << 10;
  std::size_t max_body_bytes = 16 << 20;
  std::size_t max_held_bytes = 256 << 20;             // large bodies held at once; more are refused with 429
  absl::Duration idle_timeout = absl::Seconds(75);    // between requests of a connection
  absl::Duration header_timeout = absl::Seconds(10);  // from a request's first byte to the end of its header
  absl::Duration body_timeout = absl::Seconds(30);
  absl::Duration write_timeout = absl::Seconds(30);
  absl::Duration queue_timeout = absl::Seconds(5);     // a prediction that waited longer is refused with 503
  absl::Duration drain_notice = absl::ZeroDuration();  // how long /v2/health/ready says no before connections end
  absl::Duration drain_timeout = absl::Seconds(10);
};

/// What the door is doing now, for metrics.
struct HttpLoad {
  std::int64_t connections = 0;
  std::int64_t queued = 0;     // predictions waiting or running
  std::uint64_t rejected = 0;  // over a bound, since the start
  std::uint64_t answered = 0;
};

/// An asynchronous HTTP/1.1 server: few network threads for any number of keep-alive connections, and a pool that scores.
/// Each connection's requests are answered in order (pipelining is tolerated). Listens as soon as it is created.
class HttpServer {
 public:
  /// A taken port is Unavailable and says so. `routes` must outlive the server.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Create(const HttpOptions& options, InferenceRoutes& routes);
  virtual ~HttpServer() = default;

  virtual void Start() = 0;
  /// Drains: not ready, no new connections, idle ones closed, running requests finished (up to drain_timeout). Idempotent.
  virtual void Stop() = 0;
  virtual std::string address() const = 0;  // host:port, with the real port
  virtual HttpLoad load() const = 0;
};

}  // namespace millwright::serving
