#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "lib/base/check.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"
#include "lib/rpc/client.h"
#include "lib/rpc/test_server.h"
#include "serving/domain/model_loader.h"
#include "serving/rpc/deployment_follower.h"
#include "serving/rpc/prediction_shipper.h"
#include "serving/rpc/serving_service.h"
#include "serving/rpc/token_follower.h"
#include "serving/rpc/tracker_blobs.h"
#include "serving/testing/test_bundle.h"

namespace millwright::serving {
namespace {

namespace fs = std::filesystem;
const ModelKey kPumps{base::WorkspaceId("1"), "pumps"};

bool Eventually(const std::function<bool()>& holds) {
  const absl::Time end = absl::Now() + absl::Seconds(10);
  while (absl::Now() < end) {
    if (holds()) return true;
    std::this_thread::yield();
  }
  return false;
}

auth::Caller Serving() { return {.subject = "service:serving", .is_service = true}; }

/// The registry's side of the watch, as its contract says.
class Registry : public registry::v1::DeploymentService::Service {
 public:
  ~Registry() override { Close(); }
  void Close() {
    absl::MutexLock lock(&mutex_);
    is_closing_ = true;
  }
  void Set(const std::string& name, std::int64_t revision, const Arm& arm) {
    absl::MutexLock lock(&mutex_);
    registry::v1::Deployment& out = deployments_[name];
    out.Clear();
    out.set_name(name);
    out.set_workspace_id("1");
    out.set_revision(revision);
    registry::v1::Arm& primary = *out.add_arms();
    primary.set_role(registry::v1::ARM_ROLE_PRIMARY);
    primary.set_version(arm.version);
    primary.set_content_hash(arm.content_hash);
    for (const BundleFile& file : arm.files) {
      registry::v1::BundleFile& f = *primary.add_files();
      f.set_path(file.path);
      f.set_sha256(file.sha256);
      f.set_size(file.size);
    }
    revision_ = revision;
    ++changes_;
  }
  std::vector<std::int64_t> asked() {
    absl::MutexLock lock(&mutex_);
    return asked_;
  }
  /// Ends the running streams.
  void Hang() {
    absl::MutexLock lock(&mutex_);
    ++generation_;
  }

  grpc::Status WatchDeployments(grpc::ServerContext* context, const registry::v1::WatchDeploymentsRequest* request,
                                grpc::ServerWriter<registry::v1::WatchDeploymentsResponse>* writer) override {
    std::int64_t after = request->after_revision();
    absl::MutexLock lock(&mutex_);
    asked_.push_back(after);
    const int generation = generation_;
    while (!is_closing_ && generation == generation_ && !context->IsCancelled()) {
      registry::v1::WatchDeploymentsResponse message;
      if (revision_ < after) after = 0;
      for (const auto& [name, deployment] : deployments_) {
        if (deployment.revision() > after) *message.add_deployments() = deployment;
      }
      message.set_revision(revision_);
      if (message.deployments_size() > 0) writer->Write(message);
      after = std::max(after, revision_);
      message.clear_deployments();
      writer->Write(message);
      const int changes = changes_;
      const auto wake = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return is_closing_ || changes != changes_ || generation != generation_;
      };
      mutex_.AwaitWithTimeout(absl::Condition(&wake), absl::Milliseconds(100));
    }
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "closing");
  }

 private:
  absl::Mutex mutex_;
  std::map<std::string, registry::v1::Deployment> deployments_;
  std::vector<std::int64_t> asked_;
  std::int64_t revision_ = 0;
  int changes_ = 0;
  int generation_ = 0;
  bool is_closing_ = false;
};

class Tracker : public tracker::v1::ArtifactService::Service {
 public:
  explicit Tracker(MemoryBlobs& blobs) : blobs_(blobs) {}
  grpc::Status DownloadBlob(grpc::ServerContext*, const tracker::v1::DownloadBlobRequest* request,
                            grpc::ServerWriter<tracker::v1::BlobChunk>* writer) override {
    const auto found = blobs_.blobs.find(request->sha256());
    if (found == blobs_.blobs.end() || request->workspace_id() != "1") return {grpc::StatusCode::NOT_FOUND, "no such blob"};
    for (std::size_t at = 0; at < found->second.size(); at += 1000) {
      tracker::v1::BlobChunk chunk;
      chunk.set_bytes(found->second.substr(at, 1000));
      writer->Write(chunk);
    }
    return grpc::Status::OK;
  }

 private:
  MemoryBlobs& blobs_;
};

class DeploymentFollowerTest : public testing::Test {
 protected:
  DeploymentFollowerTest() { CHECK_OK(BundleCache::Prepare(root_ / "bundles")); }
  ~DeploymentFollowerTest() override { fs::remove_all(root_); }

  /// A serving process's worth of parts.
  struct Process {
    Process(const fs::path& root, const std::shared_ptr<grpc::Channel>& channel)
        : blobs(channel),
          cache(root / "bundles", blobs, 5, 64 << 20),
          loader(catalog, cache),
          follower(channel, loader, root / "deployments.json") {
      loader.Start();
      follower.Start();
    }
    ~Process() {
      follower.Stop();
      loader.Stop();
    }
    int Answering() {
      const auto served = catalog.Find(kPumps);
      return served.ok() ? (*served)->identity->version : 0;
    }
    TrackerBlobs blobs;
    BundleCache cache;
    ModelCatalog catalog;
    ModelLoader loader;
    DeploymentFollower follower;
  };

  const fs::path root_ = fs::temp_directory_path() / ("serving-rpc-test-" + base::RandomHex(8));
  MemoryBlobs blobs_;
  Registry registry_;
  Tracker tracker_{blobs_};
};

TEST_F(DeploymentFollowerTest, FollowsPromotionsAndResumesByRevision) {
  const Arm one = blobs_.Add(TrainTestBundle(10), 1);
  const Arm two = blobs_.Add(TrainTestBundle(20), 2);
  rpc::TestServer server({&registry_, &tracker_});
  registry_.Set("pumps", 5, one);
  Process process(root_, server.ChannelAs(Serving()));
  EXPECT_TRUE(Eventually([&] { return process.Answering() == 1; }));
  EXPECT_TRUE(process.follower.is_reachable());
  registry_.Hang();
  registry_.Set("pumps", 6, two);
  EXPECT_TRUE(Eventually([&] { return process.Answering() == 2; }));
  EXPECT_EQ(registry_.asked(), (std::vector<std::int64_t>{0, 5}));
  const absl::Time before = absl::Now();
  registry_.Set("pumps", 7, one);
  EXPECT_TRUE(Eventually([&] { return process.Answering() == 1; }));
  EXPECT_LT(absl::Now() - before, absl::Seconds(1)) << "a rollback switches within a second";
  registry_.Close();
}

TEST_F(DeploymentFollowerTest, StartsFromTheCacheWithEverythingDown) {
  {
    rpc::TestServer server({&registry_, &tracker_});
    registry_.Set("pumps", 5, blobs_.Add(TrainTestBundle(10), 3));
    Process process(root_, server.ChannelAs(Serving()));
    ASSERT_TRUE(Eventually([&] { return process.Answering() == 3; }));
    registry_.Close();
  }
  const auto signer = auth::Signer::Create(base::RandomHex(32), "serving").value();
  Process process(root_, rpc::Connect("127.0.0.1:1", signer));
  EXPECT_TRUE(Eventually([&] { return process.Answering() == 3; }));
  EXPECT_TRUE(process.follower.is_known());
  EXPECT_FALSE(process.follower.is_reachable());
}

TEST_F(DeploymentFollowerTest, ReadsAllAgainWhenTheRevisionWentBack) {
  const Arm one = blobs_.Add(TrainTestBundle(10), 1);
  const Arm two = blobs_.Add(TrainTestBundle(20), 2);
  rpc::TestServer server({&registry_, &tracker_});
  registry_.Set("pumps", 50, two);
  Process process(root_, server.ChannelAs(Serving()));
  ASSERT_TRUE(Eventually([&] { return process.Answering() == 2; }));
  registry_.Set("pumps", 4, one);  // the database of an older day
  EXPECT_TRUE(Eventually([&] { return process.Answering() == 1; }));
  registry_.Close();
}

TEST_F(DeploymentFollowerTest, StatusShowsTheOldVersionAndWhyTheNewOneFailed) {
  rpc::TestServer server({&registry_, &tracker_});
  registry_.Set("pumps", 1, blobs_.Add(TrainTestBundle(10), 1));
  Process process(root_, server.ChannelAs(Serving()));
  ASSERT_TRUE(Eventually([&] { return process.Answering() == 1; }));
  Arm bad = blobs_.Add(TrainTestBundle(20), 2);
  blobs_.blobs.erase(bad.files[0].sha256);
  registry_.Set("pumps", 2, bad);
  ServingService service(
      process.catalog, [&] { return process.follower.is_reachable(); }, "127.0.0.1:8000");
  rpc::TestServer door({&service});
  const auto ask = [&](const std::string& workspace) {
    const auto stub = v1::ServingService::NewStub(door.ChannelAs(rpc::TestCaller(auth::Role::kViewer, workspace)));
    grpc::ClientContext context;
    v1::ServingStatus status;
    EXPECT_TRUE(stub->GetServingStatus(&context, {}, &status).ok());
    return status;
  };
  ASSERT_TRUE(Eventually([&] { return ask("1").models(0).state() == v1::LOAD_STATE_FAILED; }));
  const v1::ServingStatus status = ask("1");
  EXPECT_EQ(status.models(0).version(), 1);
  EXPECT_EQ(status.models(0).wanted_version(), 2);
  EXPECT_NE(status.models(0).reason().find("no such blob"), std::string::npos) << status.models(0).reason();
  EXPECT_TRUE(status.is_registry_reachable());
  EXPECT_EQ(status.inference_address(), "127.0.0.1:8000");
  EXPECT_EQ(ask("2").models_size(), 0) << "another workspace sees nothing";
  const auto stub = v1::ServingService::NewStub(door.AnonymousChannel());
  grpc::ClientContext context;
  v1::ServingStatus nothing;
  EXPECT_EQ(stub->GetServingStatus(&context, {}, &nothing).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  registry_.Close();
}

/// The gateway's side of the token watch.
class Gateway : public gateway::v1::TokenService::Service {
 public:
  void Set(const std::vector<std::string>& tokens) {
    absl::MutexLock lock(&mutex_);
    snapshot_.Clear();
    for (const std::string& token : tokens) {
      gateway::v1::TokenGrant& grant = *snapshot_.add_grants();
      const std::string hex = base::Sha256Hex(token);
      std::string bytes;
      for (std::size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
      grant.set_token_hash(bytes);
      grant.set_role(api::v1::ROLE_VIEWER);
      grant.set_workspace_id("1");
    }
    ++changes_;
  }
  void Close() {
    absl::MutexLock lock(&mutex_);
    is_closing_ = true;
  }
  grpc::Status WatchTokens(grpc::ServerContext* context, const gateway::v1::WatchTokensRequest*,
                           grpc::ServerWriter<gateway::v1::TokenSnapshot>* writer) override {
    absl::MutexLock lock(&mutex_);
    int sent = -1;
    while (!is_closing_ && !context->IsCancelled()) {
      if (sent != changes_) writer->Write(snapshot_);
      sent = changes_;
      const auto wake = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return is_closing_ || sent != changes_; };
      mutex_.AwaitWithTimeout(absl::Condition(&wake), absl::Milliseconds(100));
    }
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "closing");
  }

 private:
  absl::Mutex mutex_;
  gateway::v1::TokenSnapshot snapshot_;
  int changes_ = 0;
  bool is_closing_ = false;
};

TEST(TokenFollower, RevokedTokensStopAndValidOnesOutliveTheGateway) {
  const fs::path file = fs::temp_directory_path() / ("serving-tokens-" + base::RandomHex(8));
  {
    Gateway gateway;
    gateway.Set({"mw_a", "mw_b"});
    rpc::TestServer server({&gateway});
    TokenTable tokens;
    TokenFollower follower(server.ChannelAs(Serving()), tokens, file);
    follower.Start();
    ASSERT_TRUE(Eventually([&] { return tokens.Authenticate("mw_b").ok(); }));
    gateway.Set({"mw_a"});
    EXPECT_TRUE(Eventually([&] { return !tokens.Authenticate("mw_b").ok(); }));
    EXPECT_TRUE(tokens.Authenticate("mw_a").ok());
    gateway.Close();
    follower.Stop();
  }
  const auto signer = auth::Signer::Create(base::RandomHex(32), "serving").value();
  TokenTable tokens;
  TokenFollower follower(rpc::Connect("127.0.0.1:1", signer), tokens, file);
  follower.Start();
  EXPECT_TRUE(tokens.Authenticate("mw_a").ok());
  EXPECT_EQ(tokens.Authenticate("mw_b").status().code(), absl::StatusCode::kUnauthenticated);
  follower.Stop();
  fs::remove(file);
}

class Monitor : public monitor::v1::MonitorService::Service {
 public:
  grpc::Status LogPredictions(grpc::ServerContext*, const monitor::v1::LogPredictionsRequest* request,
                              monitor::v1::LogPredictionsResponse*) override {
    absl::MutexLock lock(&mutex_);
    if (refusals_ > 0) {
      --refusals_;
      return {grpc::StatusCode::UNAVAILABLE, "database away"};
    }
    for (const monitor::v1::Prediction& prediction : request->predictions())
      predictions_[prediction.prediction_id()] = prediction;
    dropped_ += request->dropped();
    return grpc::Status::OK;
  }
  std::size_t count() {
    absl::MutexLock lock(&mutex_);
    return predictions_.size();
  }
  std::uint64_t dropped() {
    absl::MutexLock lock(&mutex_);
    return dropped_;
  }
  monitor::v1::Prediction Get(const std::string& id) {
    absl::MutexLock lock(&mutex_);
    return predictions_[id];
  }
  void Refuse(int times) {
    absl::MutexLock lock(&mutex_);
    refusals_ = times;
  }

 private:
  absl::Mutex mutex_;
  std::map<std::string, monitor::v1::Prediction> predictions_;
  std::uint64_t dropped_ = 0;
  int refusals_ = 0;
};

std::shared_ptr<const VersionIdentity> Identity() {
  return std::make_shared<const VersionIdentity>(
      VersionIdentity{.key = kPumps, .version = 4, .revision = 9, .heads = {"y", "z"}});
}

TEST(PredictionShipper, DeliversEverythingInSpiteOfAnAbsentMonitor) {
  Monitor monitor;
  monitor.Refuse(2);
  rpc::TestServer server({&monitor});
  PredictionLog log(10'000);
  PredictionShipper shipper(server.ChannelAs(Serving()), log);
  const PredictionId first = PredictionId::Random();
  const absl::Time at = absl::FromUnixMillis(1'700'000'000'123);
  for (std::uint32_t i = 0; i < 2'500; ++i) {
    log.Append({.id = first.Plus(i),
                .by = Identity(),
                .asset_id = "p1",
                .event_time = absl::FromUnixSeconds(60),
                .at = at,
                .latency = absl::Microseconds(1500),
                .outcome = i == 0 ? Outcome::kNotFinite : Outcome::kOk,
                .values = {std::nan(""), 2.5},
                .error = "e"});
  }
  shipper.Start();
  EXPECT_TRUE(Eventually([&] { return monitor.count() == 2'500; }));
  shipper.Stop();
  const monitor::v1::Prediction prediction = monitor.Get(first.ToString());
  EXPECT_EQ(prediction.workspace_id(), "1");
  EXPECT_EQ(prediction.model(), "pumps");
  EXPECT_EQ(prediction.version(), 4);
  EXPECT_EQ(prediction.revision(), 9);
  EXPECT_EQ(prediction.asset_id(), "p1");
  EXPECT_EQ(prediction.event_time().seconds(), 60);
  EXPECT_EQ(prediction.at().nanos(), 123'000'000);
  EXPECT_EQ(prediction.latency_ms(), 1.5);
  EXPECT_EQ(prediction.outcome(), monitor::v1::PREDICTION_OUTCOME_NOT_FINITE);
  EXPECT_EQ(prediction.values().size(), 1u) << "only the finite one";
  EXPECT_EQ(prediction.values().at("z"), 2.5);
}

TEST(PredictionShipper, ReportsWhatDidNotFitAndSendsTheRestOnStop) {
  Monitor monitor;
  rpc::TestServer server({&monitor});
  PredictionLog log(10);
  for (int i = 0; i < 25; ++i) log.Append({.id = PredictionId::Random(), .by = Identity()});
  PredictionShipper shipper(server.ChannelAs(Serving()), log);
  shipper.Start();
  shipper.Stop();
  EXPECT_EQ(monitor.count(), 10u);
  EXPECT_EQ(monitor.dropped(), 15u);
}

}  // namespace
}  // namespace millwright::serving
