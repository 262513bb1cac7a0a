#pragma once

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/rpc/client.h"
#include "lib/rpc/status.h"
#include "millwright/mlflow/v1/tracking.grpc.pb.h"
#include "millwright/registry/v1/registry.grpc.pb.h"
#include "millwright/scheduler/v1/scheduler.grpc.pb.h"
#include "millwright/serving/v1/serving.grpc.pb.h"
#include "millwright/telemetry/v1/telemetry.grpc.pb.h"
#include "millwright/tracker/v1/tracker.grpc.pb.h"

namespace millwright::trainer {

/// The services as a worker sees them, all through the gateway's door. Thread-safe.
class Platform {
 public:
  Platform(const std::string& address, const std::string& token);

  scheduler::v1::QueueService::Stub& queue() { return *queue_; }
  tracker::v1::TrackerService::Stub& tracker() { return *tracker_; }
  mlflow::v1::MlflowTrackingService::Stub& mlflow() { return *mlflow_; }
  tracker::v1::ArtifactService::Stub& artifacts() { return *artifacts_; }
  tracker::v1::DatasetService::Stub& datasets() { return *datasets_; }
  tracker::v1::TestLookService::Stub& looks() { return *looks_; }
  registry::v1::RegistryService::Stub& registry() { return *registry_; }
  telemetry::v1::TelemetryService::Stub& telemetry() { return *telemetry_; }
  serving::v1::ServingService::Stub& serving() { return *serving_; }

  /// One unary call with a deadline.
  template <typename Stub, typename Request, typename Reply>
  absl::Status CallOnce(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*), Stub& stub,
                        const Request& request, Reply* reply, absl::Duration timeout = absl::Seconds(30)) {
    grpc::ClientContext context;
    rpc::Prepare(context, timeout);
    reply->Clear();
    return rpc::FromGrpc((stub.*method)(&context, request, reply));
  }

  /// Tried again while the platform is away, for up to a minute: only for calls that may run twice.
  template <typename Stub, typename Request, typename Reply>
  absl::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*), Stub& stub,
                    const Request& request, Reply* reply) {
    return Retry([&] { return CallOnce(method, stub, request, reply); });
  }

  /// Streams a blob up and answers with its digest and size. May run twice.
  absl::StatusOr<tracker::v1::Blob> UploadBlob(absl::string_view bytes, const std::string& name);
  /// Streams a blob into a file, verifying its digest.
  absl::Status DownloadBlob(const std::string& sha256, const std::filesystem::path& into);
  /// The samples of these assets, oldest first, asset by asset.
  absl::StatusOr<std::vector<telemetry::v1::SampleBatch>> QuerySamples(const telemetry::v1::QuerySamplesRequest& request);

  /// Whether trying again later can help: the platform is away or busy, lost a race, or a door that was closing cancelled the
  /// call.
  static bool IsPassing(const absl::Status& status);
  /// Runs `attempt` until the platform is there for it, for up to a minute.
  template <typename F>
  static absl::Status Retry(F&& attempt) {
    const absl::Time give_up = absl::Now() + absl::Minutes(1);
    absl::Duration pause = absl::Milliseconds(100);
    while (true) {
      const absl::Status status = attempt();
      const bool is_away = absl::IsUnavailable(status) || absl::IsCancelled(status);
      if (!is_away || absl::Now() > give_up) return status;
      absl::SleepFor(pause);
      pause = std::min(pause * 2, absl::Seconds(2));
    }
  }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<scheduler::v1::QueueService::Stub> queue_;
  std::unique_ptr<tracker::v1::TrackerService::Stub> tracker_;
  std::unique_ptr<mlflow::v1::MlflowTrackingService::Stub> mlflow_;
  std::unique_ptr<tracker::v1::ArtifactService::Stub> artifacts_;
  std::unique_ptr<tracker::v1::DatasetService::Stub> datasets_;
  std::unique_ptr<tracker::v1::TestLookService::Stub> looks_;
  std::unique_ptr<registry::v1::RegistryService::Stub> registry_;
  std::unique_ptr<telemetry::v1::TelemetryService::Stub> telemetry_;
  std::unique_ptr<serving::v1::ServingService::Stub> serving_;
};

}  // namespace millwright::trainer
