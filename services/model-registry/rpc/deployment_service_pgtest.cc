#include "lib/pg/listener.h"
#include "lib/rpc/client.h"
#include "lib/rpc/test_server.h"
#include "model-registry/rpc/deployment_service.h"
#include "model-registry/storage/registry_database_test.h"

namespace millwright::registry {
namespace {

class DeploymentServiceTest : public RegistryDatabaseTest {
 protected:
  void SetUp() override {
    RegistryDatabaseTest::SetUp();
    if (IsSkipped()) return;
    MakeModel();
    MakeVersion();
    MakeVersion();
    listener_ = std::make_unique<pg::Listener>(db(), kDeploymentsChannel, [this] { feed_.Refresh(); });
  }
  void TearDown() override { listener_.reset(); }

  struct Watch {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<pb::WatchDeploymentsResponse>> reader;
    bool is_finished = false;
    ~Watch() {
      if (is_finished) return;
      context.TryCancel();
      reader->Finish();
    }
    pb::WatchDeploymentsResponse Next() {
      pb::WatchDeploymentsResponse message;
      EXPECT_TRUE(reader->Read(&message));
      return message;
    }
  };
  std::unique_ptr<Watch> Open(std::int64_t after) {
    auto watch = std::make_unique<Watch>();
    rpc::Prepare(watch->context, absl::Seconds(30));
    pb::WatchDeploymentsRequest request;
    request.set_after_revision(after);
    watch->reader = service_stub_->WatchDeployments(&watch->context, request);
    return watch;
  }

  DeploymentFeed feed_{releases_};
  DeploymentService service_{releases_, feed_, absl::Milliseconds(300)};
  rpc::TestServer server_{{&service_}};
  std::unique_ptr<pb::DeploymentService::Stub> service_stub_ =
      pb::DeploymentService::NewStub(server_.ChannelAs({.subject = "service:serving", .is_service = true}));
  std::unique_ptr<pg::Listener> listener_;
};

TEST_F(DeploymentServiceTest, AWatcherGetsWhatIsThereThenEachChangeWithItsFiles) {
  ASSERT_TRUE(Promote(1).ok());
  const auto watch = Open(0);
  const pb::WatchDeploymentsResponse first = watch->Next();
  ASSERT_EQ(first.deployments_size(), 1);
  EXPECT_EQ(first.deployments(0).workspace_id(), "1");
  EXPECT_EQ(first.deployments(0).arms(0).version(), 1);
  EXPECT_EQ(first.deployments(0).arms(0).files(0).path(), "model.ubj");
  const pb::WatchDeploymentsResponse caught_up = watch->Next();
  EXPECT_EQ(caught_up.deployments_size(), 0);
  EXPECT_EQ(caught_up.revision(), first.revision());

  const std::int64_t revision = Promote(2).value().revision;
  pb::WatchDeploymentsResponse change = watch->Next();
  while (change.deployments_size() == 0) change = watch->Next();  // heartbeats
  EXPECT_EQ(change.revision(), revision);
  EXPECT_EQ(change.deployments(0).arms(0).version(), 2);
}

TEST_F(DeploymentServiceTest, AChangeReachesEveryWatcherWithinASecond) {
  const auto one = Open(0), two = Open(0);
  one->Next();
  two->Next();
  const absl::Time start = absl::Now();
  ASSERT_TRUE(Promote(1).ok());
  for (Watch* watch : {one.get(), two.get()}) {
    while (watch->Next().deployments_size() == 0) {
    }
  }
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
}

TEST_F(DeploymentServiceTest, AWatcherResumesFromTheRevisionItHas) {
  ASSERT_TRUE(Promote(1).ok());
  const std::int64_t seen = Promote(2).value().revision;
  const auto watch = Open(seen);
  const pb::WatchDeploymentsResponse message = watch->Next();
  EXPECT_EQ(message.deployments_size(), 0);
  EXPECT_EQ(message.revision(), seen);
}

TEST_F(DeploymentServiceTest, AWatcherFromTheFutureGetsEverythingAgain) {
  ASSERT_TRUE(Promote(1).ok());
  EXPECT_EQ(Open(1000)->Next().deployments_size(), 1);
}

TEST_F(DeploymentServiceTest, AStoppedFeedEndsTheStreams) {
  const auto watch = Open(0);
  watch->Next();
  feed_.Stop();
  pb::WatchDeploymentsResponse message;
  while (watch->reader->Read(&message)) {
  }
  EXPECT_EQ(watch->reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  watch->is_finished = true;
}

TEST_F(DeploymentServiceTest, OnlyServicesWatch) {
  const auto stub = pb::DeploymentService::NewStub(server_.ChannelAs(rpc::TestCaller(auth::Role::kAdmin)));
  grpc::ClientContext context;
  const auto reader = stub->WatchDeployments(&context, pb::WatchDeploymentsRequest());
  pb::WatchDeploymentsResponse message;
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(DeploymentServiceTest, PeopleSeeTheDeploymentsOfTheirWorkspace) {
  ASSERT_TRUE(Promote(1).ok());
  const auto Get = [&](const std::string& workspace) {
    const auto stub = pb::DeploymentService::NewStub(server_.ChannelAs(rpc::TestCaller(auth::Role::kViewer, workspace)));
    grpc::ClientContext context;
    pb::GetDeploymentRequest request;
    request.set_name("pump");
    pb::Deployment deployment;
    return stub->GetDeployment(&context, request, &deployment).error_code();
  };
  EXPECT_EQ(Get("1"), grpc::StatusCode::OK);
  EXPECT_EQ(Get("2"), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace millwright::registry
