#include "model-registry/rpc/webhook_service.h"

#include <algorithm>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"
#include "model-registry/rpc/convert.h"

namespace millwright::registry {
namespace {

constexpr int kPage = 100;
constexpr int kMaxPage = 1000;

pb::Webhook ToProto(const Webhook& webhook) {
  pb::Webhook out;
  out.set_webhook_id(absl::StrCat(webhook.id));
  out.set_name(webhook.name);
  out.set_url(webhook.url);
  out.set_model(webhook.model);
  for (const std::string& event : webhook.events) out.add_events(event);
  out.set_is_active(webhook.is_active);
  out.set_created_by(webhook.created_by);
  *out.mutable_created_at() = rpc::ToProto(webhook.created_at);
  *out.mutable_updated_at() = rpc::ToProto(webhook.updated_at);
  return out;
}

pb::DeliveryState ToProto(DeliveryState state) {
  switch (state) {
    case DeliveryState::kQueued:
      return pb::DELIVERY_STATE_QUEUED;
    case DeliveryState::kDelivered:
      return pb::DELIVERY_STATE_DELIVERED;
    case DeliveryState::kFailed:
      return pb::DELIVERY_STATE_FAILED;
  }
  return pb::DELIVERY_STATE_UNSPECIFIED;
}

absl::StatusOr<std::optional<DeliveryState>> FromProto(pb::DeliveryState state) {
  switch (state) {
    case pb::DELIVERY_STATE_UNSPECIFIED:
      return std::nullopt;
    case pb::DELIVERY_STATE_QUEUED:
      return DeliveryState::kQueued;
    case pb::DELIVERY_STATE_DELIVERED:
      return DeliveryState::kDelivered;
    case pb::DELIVERY_STATE_FAILED:
      return DeliveryState::kFailed;
    default:
      return absl::InvalidArgumentError(
          "state: unknown; use DELIVERY_STATE_QUEUED, DELIVERY_STATE_DELIVERED or DELIVERY_STATE_FAILED");
  }
}

pb::Delivery ToProto(const Delivery& delivery) {
  pb::Delivery out;
  out.set_delivery_id(absl::StrCat(delivery.id));
  out.set_webhook_id(absl::StrCat(delivery.webhook_id));
  out.set_event(delivery.event);
  *out.mutable_payload() = rpc::ToStruct(delivery.payload);
  out.set_state(ToProto(delivery.state));
  out.set_attempts(delivery.attempts);
  if (delivery.state == DeliveryState::kQueued) *out.mutable_next_attempt_at() = rpc::ToProto(delivery.next_attempt_at);
  out.set_last_status(delivery.last_status.value_or(0));
  out.set_last_error(delivery.last_error);
  *out.mutable_created_at() = rpc::ToProto(delivery.created_at);
  if (delivery.ended_at) *out.mutable_ended_at() = rpc::ToProto(*delivery.ended_at);
  return out;
}

absl::StatusOr<std::int64_t> NumberOf(absl::string_view field, const std::string& text) {
  std::int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number) || number <= 0)
    return absl::InvalidArgumentError(absl::StrCat(field, ": \"", text.substr(0, 40), "\" is not a number that was given out"));
  return number;
}

}  // namespace

grpc::Status WebhookService::CreateWebhook(grpc::ServerContext* context, const pb::CreateWebhookRequest* request,
                                           pb::CreateWebhookResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Webhooks::Created created,
                     webhooks_.Create(workspace,
                                      {.name = request->name(),
                                       .url = request->url(),
                                       .model = request->model(),
                                       .events = {request->events().begin(), request->events().end()},
                                       .created_by = caller.subject},
                                      request->secret()));
    *reply->mutable_webhook() = ToProto(created.webhook);
    reply->set_secret(created.secret);
    return absl::OkStatus();
  });
}

grpc::Status WebhookService::GetWebhook(grpc::ServerContext* context, const pb::GetWebhookRequest* request, pb::Webhook* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::int64_t id, NumberOf("webhook_id", request->webhook_id()));
    ASSIGN_OR_RETURN(const Webhook webhook, webhooks_.store().Get(workspace, id));
    *reply = ToProto(webhook);
    return absl::OkStatus();
  });
}

grpc::Status WebhookService::ListWebhooks(grpc::ServerContext* context, const pb::ListWebhooksRequest* request,
                                          pb::ListWebhooksResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), kPage, kMaxPage));
    ASSIGN_OR_RETURN(const std::string after, TextAfter(request->page_token()));
    ASSIGN_OR_RETURN(const std::vector<Webhook> webhooks, webhooks_.store().List(workspace, after, size + 1));
    for (int i = 0; i < std::min<int>(size, webhooks.size()); ++i) *reply->add_webhooks() = ToProto(webhooks[i]);
    if (static_cast<int>(webhooks.size()) > size) reply->set_next_page_token(rpc::EncodePageToken({webhooks[size - 1].name}));
    return absl::OkStatus();
  });
}

grpc::Status WebhookService::UpdateWebhook(grpc::ServerContext* context, const pb::UpdateWebhookRequest* request,
                                           pb::Webhook* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::int64_t id, NumberOf("webhook_id", request->webhook_id()));
    WebhookEdit edit;
    if (request->has_url()) edit.url = request->url();
    if (request->has_is_active()) edit.is_active = request->is_active();
    if (request->has_secret()) edit.secret = request->secret();
    const bool asks_for_all = request->events_size() == 1 && request->events(0) == "*";
    if (asks_for_all) {
      edit.events.emplace();
    } else if (request->events_size() > 0) {
      edit.events.emplace(request->events().begin(), request->events().end());
    }
    ASSIGN_OR_RETURN(const Webhook webhook, webhooks_.Update(workspace, id, edit));
    *reply = ToProto(webhook);
    return absl::OkStatus();
  });
}

grpc::Status WebhookService::DeleteWebhook(grpc::ServerContext* context, const pb::DeleteWebhookRequest* request,
                                           pb::DeleteWebhookResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::int64_t id, NumberOf("webhook_id", request->webhook_id()));
    return webhooks_.Delete(workspace, id);
  });
}

grpc::Status WebhookService::ListDeliveries(grpc::ServerContext* context, const pb::ListDeliveriesRequest* request,
                                            pb::ListDeliveriesResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::int64_t id, NumberOf("webhook_id", request->webhook_id()));
    ASSIGN_OR_RETURN(const std::optional<DeliveryState> state, FromProto(request->state()));
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), kPage, kMaxPage));
    ASSIGN_OR_RETURN(const std::int64_t before, NumberBefore(request->page_token(), std::numeric_limits<std::int64_t>::max()));
    ASSIGN_OR_RETURN(const std::vector<Delivery> deliveries,
                     webhooks_.store().ListDeliveries(workspace, id, state, before, size + 1));
    for (int i = 0; i < std::min<int>(size, deliveries.size()); ++i) *reply->add_deliveries() = ToProto(deliveries[i]);
    if (static_cast<int>(deliveries.size()) > size) reply->set_next_page_token(rpc::EncodePageToken({deliveries[size - 1].id}));
    return absl::OkStatus();
  });
}

grpc::Status WebhookService::Redeliver(grpc::ServerContext* context, const pb::RedeliverRequest* request, pb::Delivery* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::int64_t webhook_id, NumberOf("webhook_id", request->webhook_id()));
    ASSIGN_OR_RETURN(const std::int64_t delivery_id, NumberOf("delivery_id", request->delivery_id()));
    ASSIGN_OR_RETURN(const Delivery delivery, webhooks_.Redeliver(workspace, webhook_id, delivery_id));
    *reply = ToProto(delivery);
    return absl::OkStatus();
  });
}

}  // namespace millwright::registry
