#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "absl/status/status.h"
#include "millwright/monitor/v1/monitor.grpc.pb.h"
#include "serving/domain/prediction_log.h"

namespace millwright::serving {

/// Sends the prediction log to the monitor in batches, every 200 ms or 1,000 predictions. A batch the monitor did not take is
/// sent again (ids make that safe); one it refuses as malformed is given up and counted.
class PredictionShipper {
 public:
  PredictionShipper(std::shared_ptr<grpc::Channel> monitor, PredictionLog& log)
      : monitor_(monitor::v1::MonitorService::NewStub(monitor)), log_(log) {}
  ~PredictionShipper() { Stop(); }

  void Start();
  /// Sends what is left, for at most 3 s.
  void Stop();

  bool is_reachable() const { return is_reachable_; }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t refused() const { return refused_; }

 private:
  void Run();
  /// Whether the batch is done with.
  bool Send(const monitor::v1::LogPredictionsRequest& batch);

  const std::unique_ptr<monitor::v1::MonitorService::StubInterface> monitor_;
  PredictionLog& log_;
  std::atomic<bool> is_stopping_{false};
  std::atomic<bool> is_reachable_{false};
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::thread thread_;
};

}  // namespace millwright::serving
