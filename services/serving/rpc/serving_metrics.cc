#include "serving/rpc/serving_metrics.h"

#include <prometheus/metric_family.h>

#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace millwright::serving {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

MetricFamily Family(std::string name, std::string help, MetricType type) {
  MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
  return family;
}

void Add(MetricFamily& family, Labels labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  if (family.type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family.metric.push_back(std::move(metric));
}

MetricFamily Single(std::string name, std::string help, MetricType type, double value) {
  MetricFamily family = Family(std::move(name), std::move(help), type);
  Add(family, {}, value);
  return family;
}

ClientMetric Latency(Labels labels, const VersionStats& stats) {
  ClientMetric metric;
  metric.label = std::move(labels);
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i <= kLatencyBounds.size(); ++i) {
    cumulative += stats.bucket(i);
    const double bound = i < kLatencyBounds.size() ? kLatencyBounds[i] : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({cumulative, bound});
  }
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = stats.seconds();
  return metric;
}

}  // namespace

std::vector<MetricFamily> ServingMetrics::Collect() const {
  MetricFamily requests = Family("millwright_serving_requests_total", "Predictions by outcome.", MetricType::Counter);
  MetricFamily latency =
      Family("millwright_serving_latency_seconds", "From the request read to its answer made.", MetricType::Histogram);
  MetricFamily loaded = Family("millwright_serving_loaded_version", "The version that answers; 0: none.", MetricType::Gauge);
  MetricFamily wanted = Family("millwright_serving_wanted_version", "The deployment's version; 0: none.", MetricType::Gauge);
  MetricFamily failed =
      Family("millwright_serving_load_failed", "1 when the wanted version could not be loaded.", MetricType::Gauge);
  for (const auto& [key, entry] : *catalog_.snapshot()) {
    const Labels model = {{"workspace", key.workspace.value()}, {"model", key.name}};
    Add(loaded, model, entry.served ? entry.served->identity->version : 0);
    Add(wanted, model, entry.wanted_version);
    Add(failed, model, entry.state == LoadState::kFailed ? 1 : 0);
    for (const auto& [version, stats] : entry.stats) {
      Labels labels = model;
      labels.push_back({"version", absl::StrCat(version)});
      latency.metric.push_back(Latency(labels, *stats));
      for (std::size_t i = 0; i < kOutcomeNames.size(); ++i) {
        Labels outcome = labels;
        outcome.push_back({"outcome", kOutcomeNames[i]});
        Add(requests, std::move(outcome), static_cast<double>(stats->count(static_cast<Outcome>(i))));
      }
    }
  }
  const Peers peers = peers_();
  MetricFamily reachable =
      Family("millwright_serving_peer_reachable", "1 while the peer answers; serving goes on without it.", MetricType::Gauge);
  Add(reachable, {{"peer", "model_registry"}}, peers.registry);
  Add(reachable, {{"peer", "gateway"}}, peers.gateway);
  Add(reachable, {{"peer", "monitor"}}, peers.monitor);
  const HttpLoad load = http_.load();
  return {
      std::move(requests),
      std::move(latency),
      std::move(loaded),
      std::move(wanted),
      std::move(failed),
      std::move(reachable),
      Single("millwright_serving_connections", "Open HTTP connections.", MetricType::Gauge,
             static_cast<double>(load.connections)),
      Single("millwright_serving_queue", "Predictions waiting or running.", MetricType::Gauge, static_cast<double>(load.queued)),
      Single("millwright_serving_rejected_total", "Requests over a bound.", MetricType::Counter,
             static_cast<double>(load.rejected)),
      Single("millwright_serving_prediction_log", "Predictions on their way to the monitor.", MetricType::Gauge,
             static_cast<double>(log_.size())),
      Single("millwright_serving_prediction_log_dropped_total", "Predictions that did not fit the log.", MetricType::Counter,
             static_cast<double>(log_.dropped()))};
}

}  // namespace millwright::serving
