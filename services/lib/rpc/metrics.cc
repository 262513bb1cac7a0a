#include "lib/rpc/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/histogram.h>

#include <exception>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

namespace millwright::rpc {
namespace {

std::vector<std::weak_ptr<prometheus::Collectable>>& Sources() {
  static auto* sources = new std::vector<std::weak_ptr<prometheus::Collectable>>;
  return *sources;
}

}  // namespace

void ShowMetrics(const std::shared_ptr<prometheus::Collectable>& source) { Sources().push_back(source); }

std::shared_ptr<prometheus::Registry> Metrics() {
  static const auto* registry = new std::shared_ptr<prometheus::Registry>(std::make_shared<prometheus::Registry>());
  return *registry;
}

void CountCall(const std::string& method, absl::StatusCode code, absl::Duration latency) {
  static auto& calls = prometheus::BuildCounter().Name("millwright_rpc_calls_total").Help("Answered calls").Register(*Metrics());
  static auto& seconds =
      prometheus::BuildHistogram().Name("millwright_rpc_seconds").Help("Time to answer a call").Register(*Metrics());
  static const prometheus::Histogram::BucketBoundaries bounds{0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10};
  struct Counted {
    prometheus::Counter* calls;
    prometheus::Histogram* seconds;
  };
  // A family finds its members by hashing all their labels; there are few methods and codes.
  static auto* mutex = new absl::Mutex;
  static auto* known = new absl::flat_hash_map<std::pair<std::string, int>, Counted>;
  Counted counted{};
  {
    absl::MutexLock lock(mutex);
    const auto [place, is_new] = known->try_emplace({method, static_cast<int>(code)});
    if (is_new) {
      place->second = {&calls.Add({{"method", method}, {"code", absl::StatusCodeToString(code)}}),
                       &seconds.Add({{"method", method}}, bounds)};
    }
    counted = place->second;
  }
  counted.calls->Increment();
  counted.seconds->Observe(absl::ToDoubleSeconds(latency));
}

struct MetricsServer::Exposer {
  explicit Exposer(const std::string& address) : exposer(address, 1) {
    exposer.RegisterCollectable(Metrics());
    for (const std::weak_ptr<prometheus::Collectable>& source : Sources()) exposer.RegisterCollectable(source);
  }
  prometheus::Exposer exposer;
};

MetricsServer::MetricsServer(std::unique_ptr<Exposer> exposer) : exposer_(std::move(exposer)) {}
MetricsServer::~MetricsServer() = default;

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(const std::string& address) {
  if (address.empty()) return nullptr;
  try {
    return std::unique_ptr<MetricsServer>(new MetricsServer(std::make_unique<Exposer>(address)));
  } catch (const std::exception& error) {
    return absl::UnavailableError(absl::StrCat("cannot serve /metrics on ", address, ": ", error.what()));
  }
}

}  // namespace millwright::rpc
