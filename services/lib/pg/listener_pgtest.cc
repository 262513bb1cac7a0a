#include "absl/synchronization/mutex.h"
#include "lib/pg/database_test.h"
#include "lib/pg/listener.h"

namespace millwright::pg {
namespace {

class ListenerPgTest : public DatabaseTest {
 protected:
  void Wake() {
    absl::MutexLock lock(&mutex_);
    ++wakes_;
  }
  /// Whether more than `before` calls came within 10 s.
  bool MoreThan(int before) {
    absl::MutexLock lock(&mutex_);
    const auto came = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return wakes_ > before; };
    return mutex_.AwaitWithTimeout(absl::Condition(&came), absl::Seconds(10));
  }
  int wakes() {
    absl::MutexLock lock(&mutex_);
    return wakes_;
  }
  absl::Status Notify() {
    return db().Transact([](Tx& tx) { return tx.Many(kNotify, "news").status(); });
  }

  absl::Mutex mutex_;
  int wakes_ ABSL_GUARDED_BY(mutex_) = 0;
};

TEST_F(ListenerPgTest, ANotificationWakesAtOnce) {
  Listener listener(
      db(), "news", [this] { Wake(); }, absl::Hours(1));
  ASSERT_TRUE(MoreThan(0));  // it listens now
  ASSERT_TRUE(Notify().ok());
  EXPECT_TRUE(MoreThan(1));
}

TEST_F(ListenerPgTest, ListensAgainAfterTheServerWasAway) {
  Listener listener(
      db(), "news", [this] { Wake(); }, absl::Milliseconds(200));
  ASSERT_TRUE(MoreThan(0));
  StopServer();
  ASSERT_TRUE(MoreThan(wakes()));  // the poll goes on
  StartServer();
  // Notified until one of them is heard before the next poll is due would be a race; a long poll makes it a promise.
  Listener patient(
      db(), "news", [this] { Wake(); }, absl::Hours(1));
  ASSERT_TRUE(MoreThan(wakes()));
  ASSERT_TRUE(Notify().ok());
  EXPECT_TRUE(MoreThan(wakes()));
}

TEST_F(ListenerPgTest, PollsWithoutNotifications) {
  Listener listener(
      db(), "news", [this] { Wake(); }, absl::Milliseconds(10));
  EXPECT_TRUE(MoreThan(3));
}

}  // namespace
}  // namespace millwright::pg
