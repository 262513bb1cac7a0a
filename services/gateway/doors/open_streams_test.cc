#include "gateway/doors/open_streams.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/synchronization/notification.h"

namespace millwright::gateway {
namespace {

class Stream final : public OpenStream {
 public:
  void End(const absl::Status& why) override {
    status = why;
    has_ended.Notify();
  }
  absl::Status status;
  absl::Notification has_ended;
};

class OpenStreamsTest : public testing::Test {
 protected:
  // Returns once the stream's caller was asked for `times` times more.
  void AwaitChecks(int times) {
    for (const int until = checks_ + times; checks_ < until;) std::this_thread::yield();
  }

  const Identity ana_{.subject = "ana", .role = auth::Role::kEngineer, .workspace = base::WorkspaceId("1")};
  const auth::Caller caller_{.subject = "ana", .role = auth::Role::kEngineer, .workspace = base::WorkspaceId("1")};
  base::ManualClock clock_{absl::FromUnixSeconds(1800000000)};
  absl::Mutex mutex_;
  absl::StatusOr<Identity> answer_ = ana_;
  std::atomic<int> checks_ = 0;
  const std::shared_ptr<Stream> stream_ = std::make_shared<Stream>();
  const OpenStreams::Identify identify_ = [this] {
    absl::MutexLock lock(&mutex_);
    ++checks_;
    return answer_;
  };
  void Answer(const absl::StatusOr<Identity>& answer) {
    absl::MutexLock lock(&mutex_);
    answer_ = answer;
  }
  OpenStreams streams_{clock_, {.period = absl::Milliseconds(1), .longest_life = absl::Hours(1)}};
};

TEST_F(OpenStreamsTest, AStreamEndsWithItsTokenAndNotBefore) {
  streams_.Add(stream_, caller_, identify_);
  AwaitChecks(3);
  Answer(absl::UnavailableError("the database is away"));
  AwaitChecks(3);
  EXPECT_FALSE(stream_->has_ended.HasBeenNotified());
  Answer(absl::UnauthenticatedError("revoked"));
  stream_->has_ended.WaitForNotification();
  EXPECT_EQ(stream_->status, absl::UnauthenticatedError("revoked"));
}

TEST_F(OpenStreamsTest, AStreamEndsWhenItsCallerMayLess) {
  streams_.Add(stream_, caller_, identify_);
  Identity viewer = ana_;
  viewer.role = auth::Role::kViewer;
  Answer(viewer);
  stream_->has_ended.WaitForNotification();
  EXPECT_TRUE(absl::IsUnauthenticated(stream_->status));
}

TEST_F(OpenStreamsTest, NoStreamOutlivesTheBound) {
  streams_.Add(stream_, caller_, identify_);
  clock_.Advance(absl::Minutes(59));
  AwaitChecks(2);
  EXPECT_FALSE(stream_->has_ended.HasBeenNotified());
  clock_.Advance(absl::Minutes(2));
  stream_->has_ended.WaitForNotification();
  EXPECT_EQ(stream_->status, absl::UnavailableError("the stream has been open for 1h; open it again"));
}

}  // namespace
}  // namespace millwright::gateway
