#include "model-registry/domain/courier.h"

#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"

namespace millwright::registry {
namespace {

constexpr absl::Duration kLease = absl::Minutes(2);  // longer than any attempt: then another process takes it over
constexpr int kAtOnce = 8;
constexpr int kOfOneWebhook = 2;  // a receiver that hangs holds up no others
constexpr std::size_t kMaxError = 500;

}  // namespace

PostAnswer Courier::Post(const DueDelivery& due) {
  if (!due.secret) return {.error = "the webhook's secret was sealed with another key; give it a new secret"};
  nlohmann::json body = due.delivery.payload;
  body["delivery_id"] = std::to_string(due.delivery.id);
  const std::string text = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return poster_.Send({.url = due.url,
                       .body = text,
                       .headers = {"Content-Type: application/json", absl::StrCat("X-Millwright-Event: ", due.delivery.event),
                                   absl::StrCat("X-Millwright-Delivery: ", due.delivery.id),
                                   absl::StrCat("X-Millwright-Signature: ", SignatureOf(*due.secret, clock_.Now(), text))}});
}

Delivery Courier::Attempt(const DueDelivery& due) {
  Delivery delivery = due.delivery;
  const PostAnswer answer = Post(due);
  const absl::Time now = clock_.Now();
  if (answer.status != 0) delivery.last_status = answer.status;
  delivery.last_error = base::Utf8Excerpt(answer.error, kMaxError);
  if (answer.status >= 200 && answer.status < 300) {
    delivery.state = DeliveryState::kDelivered;
    delivery.last_error.clear();
    delivery.ended_at = now;
    return delivery;
  }
  if (delivery.last_error.empty()) delivery.last_error = absl::StrCat("answered with status ", answer.status);
  if (delivery.attempts >= policy_.attempts) {
    delivery.state = DeliveryState::kFailed;
    delivery.ended_at = now;
    return delivery;
  }
  thread_local std::mt19937 random(std::random_device{}());
  const double share = std::uniform_real_distribution<double>(0, 1)(random);
  delivery.next_attempt_at = now + PauseAfter(policy_, delivery.attempts, share);
  return delivery;
}

absl::Status Courier::RunOnce(const std::function<bool()>& is_stopped) {
  while (!is_stopped()) {
    ASSIGN_OR_RETURN(const std::vector<DueDelivery> due, store_.Claim(clock_.Now(), kLease, kAtOnce, kOfOneWebhook));
    if (due.empty()) break;
    std::vector<Delivery> outcomes(due.size());
    std::vector<std::thread> attempts;
    for (std::size_t i = 0; i < due.size(); ++i) attempts.emplace_back([&, i] { outcomes[i] = Attempt(due[i]); });
    for (std::thread& attempt : attempts) attempt.join();
    for (const Delivery& outcome : outcomes) RETURN_IF_ERROR(store_.Settle(outcome));
  }
  const absl::Time now = clock_.Now();
  if (now - dropped_at_ < absl::Hours(1)) return absl::OkStatus();
  RETURN_IF_ERROR(store_.DropEnded(now - keep_));
  dropped_at_ = now;
  return absl::OkStatus();
}

}  // namespace millwright::registry
