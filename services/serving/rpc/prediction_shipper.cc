#include "serving/rpc/prediction_shipper.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/rpc/client.h"
#include "lib/rpc/log.h"
#include "lib/rpc/status.h"
#include "serving/rpc/convert.h"

namespace millwright::serving {
namespace {

constexpr std::size_t kBatch = 1'000;
constexpr absl::Duration kInterval = absl::Milliseconds(200);
constexpr absl::Duration kTimeout = absl::Seconds(5);
constexpr absl::Duration kMaxBackoff = absl::Seconds(2);
constexpr absl::Duration kLastWords = absl::Seconds(3);

}  // namespace

void PredictionShipper::Start() {
  thread_ = std::thread([this] { Run(); });
}

void PredictionShipper::Stop() {
  is_stopping_ = true;
  log_.Wake();
  if (thread_.joinable()) thread_.join();
}

bool PredictionShipper::Send(const monitor::v1::LogPredictionsRequest& batch) {
  grpc::ClientContext context;
  rpc::Prepare(context, is_stopping_ ? kLastWords / 2 : kTimeout);
  monitor::v1::LogPredictionsResponse reply;
  const absl::Status status = rpc::FromGrpc(monitor_->LogPredictions(&context, batch, &reply));
  if (status.ok() != is_reachable_)
    rpc::LogInfo("monitor", {{"reachable", status.ok()}, {"error", std::string(status.message())}});
  is_reachable_ = status.ok();
  if (status.ok()) {
    sent_ += static_cast<std::uint64_t>(batch.predictions_size());
    return true;
  }
  if (status.code() != absl::StatusCode::kInvalidArgument) return false;
  refused_ += static_cast<std::uint64_t>(batch.predictions_size());
  rpc::LogError("the monitor refuses a batch of predictions",
                {{"count", batch.predictions_size()}, {"error", std::string(status.message())}});
  return true;
}

void PredictionShipper::Run() {
  monitor::v1::LogPredictionsRequest batch;
  std::uint64_t reported_drops = 0;
  absl::Duration backoff = kInterval;
  absl::Time last_words = absl::InfiniteFuture();
  while (true) {
    if (is_stopping_ && last_words == absl::InfiniteFuture()) last_words = absl::Now() + kLastWords;
    if (batch.predictions_size() == 0) {
      if (!is_stopping_) log_.Await(kBatch, kInterval);
      for (const LoggedPrediction& prediction : log_.Take(kBatch)) *batch.add_predictions() = ToProto(prediction);
    }
    const std::uint64_t drops = log_.dropped();
    batch.set_dropped(drops - reported_drops);
    if (batch.predictions_size() == 0 && drops == reported_drops) {
      if (is_stopping_) return;
      continue;
    }
    if (Send(batch)) {
      batch.Clear();
      reported_drops = drops;
      backoff = kInterval;
      continue;
    }
    if (absl::Now() + kInterval > last_words) return;
    absl::SleepFor(is_stopping_ ? kInterval : backoff);
    backoff = std::min(backoff * 2, kMaxBackoff);
  }
}

}  // namespace millwright::serving
