#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "lib/rpc/client.h"
#include "lib/rpc/log.h"
#include "lib/rpc/metrics.h"
#include "lib/rpc/server.h"
#include "serving/cache/bundle_cache.h"
#include "serving/config.h"
#include "serving/domain/model_loader.h"
#include "serving/domain/predictor.h"
#include "serving/http/inference_routes.h"
#include "serving/rpc/deployment_follower.h"
#include "serving/rpc/prediction_shipper.h"
#include "serving/rpc/serving_metrics.h"
#include "serving/rpc/serving_service.h"
#include "serving/rpc/token_follower.h"
#include "serving/rpc/tracker_blobs.h"

namespace millwright::serving {
namespace {

int Fail(const absl::Status& status) {
  rpc::LogError(std::string(status.message()));
  return 1;
}

void LogLoad(const Deployment& deployment, const absl::Status& status) {
  const nlohmann::json fields = {{"workspace", deployment.key.workspace.value()},
                                 {"model", deployment.key.name},
                                 {"version", deployment.primary->version},
                                 {"revision", deployment.revision},
                                 {"error", std::string(status.message())}};
  if (status.ok()) {
    rpc::LogInfo("loaded", fields);
  } else {
    rpc::LogError("cannot load", fields);
  }
}

int Main(const Config& config) {
  const auth::Signer signer = rpc::LoadSignerOrExit(config.server);
  const std::filesystem::path folder = config.cache_folder;

  TrackerBlobs blobs(rpc::Connect(config.tracker, signer));
  BundleCache cache(folder / "bundles", blobs, static_cast<std::size_t>(config.max_bundles),
                    static_cast<std::uint64_t>(config.max_bundle_megabytes) << 20);
  ModelCatalog catalog;
  ModelLoader loader(catalog, cache, base::SystemClock(), &LogLoad);
  DeploymentFollower deployments(rpc::Connect(config.model_registry, signer), loader, folder / "deployments.json");
  TokenTable tokens;
  TokenFollower token_follower(rpc::Connect(config.gateway, signer), tokens, folder / "tokens.bin");
  PredictionLog log(static_cast<std::size_t>(config.prediction_log_capacity));
  PredictionShipper shipper(rpc::Connect(config.monitor, signer), log);
  const Predictor predictor(log);
  InferenceRoutes routes(catalog, tokens, predictor, [&]() -> std::string {
    if (!deployments.is_known()) return "the deployments are not known yet: waiting for the model registry";
    if (!tokens.is_known()) return "the valid tokens are not known yet: waiting for the gateway";
    return loader.IsSettled() ? "" : "models are being loaded";
  });
  const absl::StatusOr<std::unique_ptr<HttpServer>> http = HttpServer::Create(config.Http(), routes);
  if (!http.ok()) return Fail(http.status());
  // Only once the port is ours: a second process must not clear the first one's downloads.
  if (const absl::Status status = BundleCache::Prepare(folder / "bundles"); !status.ok()) return Fail(status);

  const auto metrics = std::make_shared<ServingMetrics>(catalog, log, **http, [&] {
    return ServingMetrics::Peers{
        .registry = deployments.is_reachable(), .gateway = token_follower.is_reachable(), .monitor = shipper.is_reachable()};
  });
  rpc::ShowMetrics(metrics);

  ServingService service(
      catalog, [&] { return deployments.is_reachable(); }, (*http)->address());
  const auto start = [&] {
    loader.Start();
    token_follower.Start();
    deployments.Start();
    shipper.Start();
    (*http)->Start();
  };
  const auto stop = [&] {
    (*http)->Stop();
    deployments.Stop();
    token_follower.Stop();
    loader.Stop();
    shipper.Stop();
  };
  return rpc::RunServer(config.server, signer, {&service}, {{.start = start, .stop = stop}});
}

}  // namespace
}  // namespace millwright::serving

int main(int argc, char** argv) {
  return millwright::serving::Main(millwright::config::LoadOrExit<millwright::serving::Config>(argc, argv));
}
