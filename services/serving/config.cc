#include "serving/config.h"

namespace millwright::serving {

void Config::Bind(config::Binder& binder) {
  server.name = "serving";
  server.address = "127.0.0.1:7006";
  server.Bind(binder);
  binder.Text("peers.gateway", &gateway, "host:port of the gateway's own services", true);
  binder.Text("peers.model_registry", &model_registry, "host:port of the model registry", true);
  binder.Text("peers.tracker", &tracker, "host:port of the tracker", true);
  binder.Text("peers.monitor", &monitor, "host:port of the monitor", true);
  binder.Text("cache.folder", &cache_folder, "folder of the bundle cache, the last deployments and the token hashes", true);
  binder.Int("cache.max_bundles", &max_bundles, 2, 10'000,
             "bundles kept on disk; those that answer and the ones before always stay");
  binder.Int("cache.max_bundle_megabytes", &max_bundle_megabytes, 1, 1 << 20, "largest bundle");
  binder.Int("predictions.log_capacity", &prediction_log_capacity, 1'000, 10'000'000,
             "predictions held while the monitor is away");
  binder.Text("inference.address", &inference.address, "host:port of the HTTP door");
  binder.Int("inference.io_threads", &inference.io_threads, 1, 64, "threads that speak HTTP");
  binder.Int("inference.compute_threads", &inference.compute_threads, 1, 256, "threads that score");
  binder.Int("inference.max_connections", &inference.max_connections, 1, 1'000'000, "open connections");
  binder.Int("inference.max_queue", &inference.max_queue, 1, 1'000'000, "predictions waiting or running; more get 429");
  binder.Int("inference.max_body_megabytes", &max_body_megabytes, 1, 1'024, "largest request body");
  binder.Int("inference.idle_seconds", &idle_seconds, 1, 3'600, "how long a connection may wait between requests");
  binder.Int("inference.header_seconds", &header_seconds, 1, 600, "how long a request's header may take to arrive");
  binder.Int("inference.body_seconds", &body_seconds, 1, 3'600, "how long a request's body may take to arrive");
  binder.Int("inference.drain_notice_milliseconds", &drain_notice_milliseconds, 0, 60'000,
             "how long readiness says no before connections are closed on SIGTERM; for load balancers");
}

HttpOptions Config::Http() const {
  HttpOptions options = inference;
  options.max_body_bytes = static_cast<std::size_t>(max_body_megabytes) << 20;
  options.max_held_bytes = std::max(options.max_held_bytes, 2 * options.max_body_bytes);
  options.idle_timeout = absl::Seconds(idle_seconds);
  options.header_timeout = absl::Seconds(header_seconds);
  options.body_timeout = absl::Seconds(body_seconds);
  options.drain_notice = absl::Milliseconds(drain_notice_milliseconds);
  options.drain_timeout = absl::Seconds(server.drain_seconds);
  return options;
}

}  // namespace millwright::serving
