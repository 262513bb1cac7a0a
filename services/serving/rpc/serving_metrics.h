#pragma once

#include <prometheus/collectable.h>

#include <functional>
#include <vector>

#include "serving/domain/model_catalog.h"
#include "serving/domain/prediction_log.h"
#include "serving/http/http_server.h"

namespace millwright::serving {

/// Serving's counters in Prometheus's form, read when asked: the hot path only adds to atomics.
class ServingMetrics : public prometheus::Collectable {
 public:
  struct Peers {
    bool registry = false;
    bool gateway = false;
    bool monitor = false;
  };
  ServingMetrics(const ModelCatalog& catalog, const PredictionLog& log, const HttpServer& http, std::function<Peers()> peers)
      : catalog_(catalog), log_(log), http_(http), peers_(std::move(peers)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const ModelCatalog& catalog_;
  const PredictionLog& log_;
  const HttpServer& http_;
  const std::function<Peers()> peers_;
};

}  // namespace millwright::serving
