#include "trainer-worker/slot.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/synchronization/notification.h"
#include "lib/rpc/test_server.h"

namespace millwright::trainer {
namespace {

// Hands out one task, which waits for a model, and notes how it comes back.
class OneTask final : public scheduler::v1::QueueService::Service {
 public:
  grpc::Status LeaseTask(grpc::ServerContext*, const scheduler::v1::LeaseTaskRequest*,
                         scheduler::v1::LeaseTaskResponse* reply) override {
    if (was_leased.exchange(true)) return grpc::Status::OK;
    scheduler::v1::Task& task = *reply->mutable_task();
    task.set_task_id("t1");
    task.set_attempt(3);
    task.set_kind(kind);
    task.set_lease_seconds(30);
    auto& spec = *task.mutable_spec()->mutable_fields();
    spec["model"].set_string_value("m");
    spec["version"].set_number_value(1);
    return grpc::Status::OK;
  }
  grpc::Status ReleaseTask(grpc::ServerContext*, const scheduler::v1::ReleaseTaskRequest* request,
                           scheduler::v1::ReleaseTaskResponse*) override {
    EXPECT_EQ(request->task_id(), "t1");
    EXPECT_EQ(request->attempt(), 3);
    ++released;
    return grpc::Status::OK;
  }
  grpc::Status FailTask(grpc::ServerContext*, const scheduler::v1::FailTaskRequest* request,
                        scheduler::v1::FailTaskResponse*) override {
    error = request->error();
    ++failed;
    return grpc::Status::OK;
  }
  std::string kind = "await_serving";
  std::string error;
  std::atomic<bool> was_leased = false;
  std::atomic<int> released = 0;
  std::atomic<int> failed = 0;
};

class NothingServed final : public serving::v1::ServingService::Service {
 public:
  grpc::Status GetServingStatus(grpc::ServerContext*, const serving::v1::GetServingStatusRequest*,
                                serving::v1::ServingStatus*) override {
    if (!was_asked.exchange(true)) asked.Notify();
    return answer;
  }
  grpc::Status answer;
  std::atomic<bool> was_asked = false;
  absl::Notification asked;
};

class SlotTest : public testing::Test {
 protected:
  OneTask queue_;
  NothingServed serving_;
  rpc::TestServer server_{{&queue_, &serving_}};
  Platform platform_{server_.address(), "token"};
  Slot slot_{platform_, "w/0", testing::TempDir() + "/slot"};
};

TEST_F(SlotTest, AStoppingWorkerGivesItsTaskBack) {
  slot_.Start();
  serving_.asked.WaitForNotification();
  slot_.Stop();
  EXPECT_EQ(queue_.released, 1);
  EXPECT_EQ(queue_.failed, 0);
}

TEST_F(SlotTest, ATaskThatFailedByItselfIsReportedAsFailed) {
  serving_.answer = {grpc::StatusCode::INTERNAL, "broken"};
  slot_.Start();
  while (queue_.failed == 0) std::this_thread::yield();
  slot_.Stop();
  EXPECT_EQ(queue_.failed, 1);
  EXPECT_EQ(queue_.released, 0);
}

TEST_F(SlotTest, ACommandIsRefusedWhereTheConfigurationDoesNotAllowIt) {
  queue_.kind = "command";
  slot_.Start();
  while (queue_.failed == 0) std::this_thread::yield();
  slot_.Stop();
  EXPECT_NE(queue_.error.find("command.allowed: true"), std::string::npos) << queue_.error;
}

TEST(RemoveLeftoversTest, TakesTaskFoldersAloneAndOnlyWhereNoOtherWorkerIs) {
  const std::filesystem::path folder = testing::TempDir() + "/leftovers";
  const std::filesystem::path left = folder / (std::string(32, 'a') + "-2");
  std::filesystem::create_directories(left / "work");
  std::filesystem::create_directories(folder / "of-somebody-else");
  RemoveLeftovers(folder);
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_TRUE(std::filesystem::exists(folder / "of-somebody-else"));
  // The lock of the first call is still held.
  std::filesystem::create_directories(left);
  RemoveLeftovers(folder);
  EXPECT_TRUE(std::filesystem::exists(left));
  std::filesystem::remove_all(folder);
}

TEST(PlatformTest, ACallThatAClosingDoorCancelledIsTriedAgain) {
  int attempts = 0;
  EXPECT_TRUE(Platform::Retry([&] { return ++attempts == 1 ? absl::CancelledError() : absl::OkStatus(); }).ok());
  EXPECT_EQ(attempts, 2);
  EXPECT_TRUE(Platform::IsPassing(absl::CancelledError()));
  EXPECT_FALSE(Platform::IsPassing(absl::InternalError("a bug")));
}

}  // namespace
}  // namespace millwright::trainer
