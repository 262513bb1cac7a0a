#include <gmock/gmock.h>
#include <httplib.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "model-registry/domain/courier.h"
#include "model-registry/domain/webhooks.h"
#include "model-registry/http/curl_poster.h"
#include "model-registry/storage/outbox.h"
#include "model-registry/storage/pg_webhook_store.h"
#include "model-registry/storage/registry_database_test.h"

namespace millwright::registry {
namespace {

using testing::HasSubstr;

/// A receiver on a port of its own that keeps what it hears.
class Receiver {
 public:
  struct Heard {
    std::string path;
    std::string body;
    std::string signature;
    std::string event;
  };
  Receiver() {
    server_.Post(".*", [this](const httplib::Request& request, httplib::Response& response) {
      absl::MutexLock lock(&mutex_);
      heard_.push_back({request.path, request.body, request.get_header_value("X-Millwright-Signature"),
                        request.get_header_value("X-Millwright-Event")});
      response.status = request.path == "/moved" ? 302 : status.load();
      if (request.path == "/moved") response.set_header("Location", "/elsewhere");
      response.set_content(request.path == "/flood" ? std::string(1 << 20, 'x') : "thanks", "text/plain");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~Receiver() {
    server_.stop();
    thread_.join();
  }
  std::string Url(const std::string& path = "/hook") const { return absl::StrCat("http://127.0.0.1:", port_, path); }
  std::vector<Heard> heard() {
    absl::MutexLock lock(&mutex_);
    return heard_;
  }
  std::atomic<int> status = 200;

 private:
  httplib::Server server_;
  int port_ = 0;
  absl::Mutex mutex_;
  std::vector<Heard> heard_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

class CourierTest : public RegistryDatabaseTest {
 protected:
  void SetUp() override {
    RegistryDatabaseTest::SetUp();
    if (IsSkipped()) return;
    MakeModel();
    MakeVersion();
  }
  Webhook Subscribe(const std::string& url, std::vector<std::string> events = {}, const std::string& model = "") {
    return webhooks_
        .Create(workspace_, {.name = url, .url = url, .model = model, .events = std::move(events), .created_by = "ada"},
                "0123456789abcdef")
        .value()
        .webhook;
  }
  std::vector<Delivery> Deliveries(const Webhook& webhook) {
    return store_.ListDeliveries(workspace_, webhook.id, std::nullopt, 1'000'000, 100).value();
  }
  Courier CourierWith(bool may_be_private) {
    poster_ = std::make_unique<CurlPoster>(CurlPosterOptions{.may_be_private = may_be_private, .timeout = absl::Seconds(5)});
    return Courier(store_, *poster_, clock_, {.attempts = 3, .first_pause = absl::Seconds(10)}, absl::Hours(1));
  }

  base::ManualClock clock_{at_};
  PgWebhookStore store_{db(), *auth::SecretBox::Create(std::string(64, 'a'))};
  Webhooks webhooks_{store_, clock_, /*may_be_private=*/true};
  std::unique_ptr<CurlPoster> poster_;
  Receiver receiver_;
};

TEST_F(CourierTest, AReceiverHearsSignedEventsInOrderAndOnlyWhatItAskedFor) {
  const Webhook all = Subscribe(receiver_.Url("/all"));
  const Webhook some = Subscribe(receiver_.Url("/some"), {"version.refused", "version.transitioned"}, "pump");
  MakeModel("other");
  MakeModel("pump", other_);
  ASSERT_TRUE(Promote(1).ok());
  Courier courier = CourierWith(true);
  ASSERT_TRUE(courier.RunOnce().ok());
  std::vector<std::string> told;
  for (const Receiver::Heard& heard : receiver_.heard()) told.push_back(heard.path + " " + heard.event);
  EXPECT_THAT(told,
              testing::UnorderedElementsAre("/all model.created", "/all version.transitioned", "/some version.transitioned"));
  for (const Receiver::Heard& heard : receiver_.heard()) {
    EXPECT_EQ(heard.signature, SignatureOf("0123456789abcdef", at_, heard.body));
    const nlohmann::json body = nlohmann::json::parse(heard.body);
    EXPECT_EQ(body["event"], heard.event);
    if (heard.event != "version.transitioned") continue;
    EXPECT_EQ(body["model"], "pump");
    EXPECT_EQ(body["version"], 1);
    EXPECT_EQ(body["actor"], "ada");
    EXPECT_EQ(body["data"]["to_stage"], "Production");
  }
  ASSERT_EQ(Deliveries(some).size(), 1u);
  EXPECT_EQ(Deliveries(some)[0].state, DeliveryState::kDelivered);
  EXPECT_EQ(Deliveries(some)[0].last_status, 200);
  EXPECT_EQ(Deliveries(all).size(), 2u);
}

TEST_F(CourierTest, SecretsStandSealedAndAnotherKeySaysSo) {
  const Webhook hook = Subscribe(receiver_.Url());
  const auto stored = [&] {
    return db()
        .Read([](pg::Tx& tx) {
          return tx.One(pg::Statement{"stored_secret", "SELECT secret FROM registry.webhooks"});
        })
        ->Text(0);
  };
  EXPECT_THAT(stored(), testing::AllOf(testing::StartsWith("sealed:"), testing::Not(HasSubstr("0123456789abcdef"))));
  const std::string before = stored();
  ASSERT_TRUE(webhooks_.Update(workspace_, hook.id, {.secret = "fedcba9876543210"}).ok());
  EXPECT_THAT(stored(), testing::AllOf(testing::StartsWith("sealed:"), testing::Ne(before)));

  PgWebhookStore elsewhere(db(), *auth::SecretBox::Create(std::string(64, 'b')));
  CurlPoster poster({.may_be_private = true, .timeout = absl::Seconds(5)});
  Courier courier(elsewhere, poster, clock_, {.attempts = 3, .first_pause = absl::Seconds(10)}, absl::Hours(1));
  ASSERT_TRUE(Promote(1).ok());
  ASSERT_TRUE(courier.RunOnce().ok());
  EXPECT_TRUE(receiver_.heard().empty());
  EXPECT_THAT(Deliveries(hook).at(0).last_error, HasSubstr("sealed with another key"));
}

TEST_F(CourierTest, AChangeThatIsUndoneTellsNobody) {
  const Webhook all = Subscribe(receiver_.Url());
  EXPECT_FALSE(db().Transact([&](pg::Tx& tx) -> absl::Status {
                     EXPECT_TRUE(Tell(tx, workspace_, {.kind = "model.updated", .model_id = 1, .model = "pump"}, Now()).ok());
                     return absl::AbortedError("undone");
                   })
                   .ok());
  EXPECT_TRUE(Deliveries(all).empty());
}

TEST_F(CourierTest, AFailingReceiverIsTriedAgainWithPausesThenGivenUpAndSentAgainByHand) {
  const Webhook hook = Subscribe(receiver_.Url());
  receiver_.status = 500;
  ASSERT_TRUE(models_.SetTag(workspace_, "pump", "a", "b", Now()).ok());
  Courier courier = CourierWith(true);
  for (int attempt = 1; attempt <= 3; ++attempt) {
    ASSERT_TRUE(courier.RunOnce().ok());
    ASSERT_TRUE(courier.RunOnce().ok());  // not due yet
    EXPECT_EQ(receiver_.heard().size(), static_cast<std::size_t>(attempt));
    EXPECT_EQ(Deliveries(hook).at(0).attempts, attempt);
    clock_.Advance(absl::Minutes(1));
  }
  const Delivery failed = Deliveries(hook).at(0);
  EXPECT_EQ(failed.state, DeliveryState::kFailed);
  EXPECT_EQ(failed.last_status, 500);
  EXPECT_THAT(failed.last_error, HasSubstr("500"));
  EXPECT_TRUE(failed.ended_at.has_value());
  receiver_.status = 204;
  ASSERT_TRUE(webhooks_.Redeliver(workspace_, hook.id, failed.id).ok());
  ASSERT_TRUE(courier.RunOnce().ok());
  EXPECT_EQ(Deliveries(hook).at(0).state, DeliveryState::kDelivered);
  EXPECT_EQ(Deliveries(hook).at(0).payload, failed.payload);
  EXPECT_TRUE(absl::IsNotFound(webhooks_.Redeliver(other_, hook.id, failed.id).status()));
}

TEST_F(CourierTest, RedirectsAreNotFollowedAndLongAnswersAreCutOff) {
  const Webhook moved = Subscribe(receiver_.Url("/moved"));
  const Webhook flood = Subscribe(receiver_.Url("/flood"));
  ASSERT_TRUE(models_.SetTag(workspace_, "pump", "a", "b", Now()).ok());
  ASSERT_TRUE(CourierWith(true).RunOnce().ok());
  for (const Receiver::Heard& heard : receiver_.heard()) EXPECT_NE(heard.path, "/elsewhere");
  EXPECT_THAT(Deliveries(moved).at(0).last_error, HasSubstr("redirects are not followed"));
  EXPECT_EQ(Deliveries(flood).at(0).state, DeliveryState::kDelivered);
}

TEST_F(CourierTest, PrivateAddressesAreNotReachedWhateverTheNameResolvesTo) {
  const Webhook by_address = Subscribe(receiver_.Url());
  const std::string url = receiver_.Url();
  const Webhook by_name = Subscribe("http://localhost" + url.substr(url.rfind(':')));
  ASSERT_TRUE(models_.SetTag(workspace_, "pump", "a", "b", Now()).ok());
  ASSERT_TRUE(CourierWith(false).RunOnce().ok());
  EXPECT_TRUE(receiver_.heard().empty());
  for (const Webhook& hook : {by_address, by_name}) EXPECT_THAT(Deliveries(hook).at(0).last_error, HasSubstr("private address"));
}

TEST_F(CourierTest, AnAttemptThatWasTakenOverSettlesNothing) {
  const Webhook hook = Subscribe(receiver_.Url());
  ASSERT_TRUE(models_.SetTag(workspace_, "pump", "a", "b", Now()).ok());
  const auto claim = [&] { return store_.Claim(clock_.Now(), absl::Minutes(1), 10, 10).value(); };
  Delivery first = claim().at(0).delivery;
  EXPECT_TRUE(claim().empty());
  clock_.Advance(absl::Minutes(2));
  ASSERT_EQ(claim().size(), 1u);
  first.state = DeliveryState::kDelivered;
  first.ended_at = clock_.Now();
  ASSERT_TRUE(store_.Settle(first).ok());
  EXPECT_EQ(Deliveries(hook).at(0).state, DeliveryState::kQueued);
  EXPECT_EQ(Deliveries(hook).at(0).attempts, 2);
}

TEST_F(CourierTest, ADeletedOrPausedWebhookIsToldNothing) {
  const Webhook deleted = Subscribe(receiver_.Url("/deleted"));
  const Webhook paused = Subscribe(receiver_.Url("/paused"));
  ASSERT_TRUE(models_.SetTag(workspace_, "pump", "a", "b", Now()).ok());
  ASSERT_TRUE(webhooks_.Delete(workspace_, deleted.id).ok());
  ASSERT_TRUE(webhooks_.Update(workspace_, paused.id, {.is_active = false}).ok());
  Courier courier = CourierWith(true);
  ASSERT_TRUE(courier.RunOnce().ok());
  EXPECT_TRUE(receiver_.heard().empty());
  ASSERT_TRUE(webhooks_.Update(workspace_, paused.id, {.is_active = true}).ok());
  ASSERT_TRUE(courier.RunOnce().ok());
  EXPECT_EQ(receiver_.heard().size(), 1u);
  EXPECT_TRUE(absl::IsNotFound(store_.Get(workspace_, deleted.id).status()));
}

}  // namespace
}  // namespace millwright::registry
