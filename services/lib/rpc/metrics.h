#pragma once

#include <prometheus/collectable.h>
#include <prometheus/registry.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace millwright::rpc {

/// The process's Prometheus metrics: what /metrics answers. Families are made once and kept by reference. Thread-safe.
std::shared_ptr<prometheus::Registry> Metrics();

/// /metrics also shows what `source` collects, for as long as that lives. To be called before the metrics server starts.
void ShowMetrics(const std::shared_ptr<prometheus::Collectable>& source);

/// Counts one answered call and its latency.
void CountCall(const std::string& method, absl::StatusCode code, absl::Duration latency);

/// Serves Metrics() on host:port for as long as the object lives; empty address: nothing.
class MetricsServer {
 public:
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(const std::string& address);
  ~MetricsServer();

 private:
  struct Exposer;
  explicit MetricsServer(std::unique_ptr<Exposer> exposer);
  std::unique_ptr<Exposer> exposer_;
};

}  // namespace millwright::rpc
