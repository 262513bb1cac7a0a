#pragma once

#include "millwright/registry/v1/registry.grpc.pb.h"
#include "model-registry/domain/webhooks.h"

namespace millwright::registry {

namespace pb = millwright::registry::v1;

/// registry.v1.WebhookService over the domain.
class WebhookService final : public pb::WebhookService::Service {
 public:
  explicit WebhookService(Webhooks& webhooks) : webhooks_(webhooks) {}

  grpc::Status CreateWebhook(grpc::ServerContext* context, const pb::CreateWebhookRequest* request,
                             pb::CreateWebhookResponse* reply) override;
  grpc::Status GetWebhook(grpc::ServerContext* context, const pb::GetWebhookRequest* request, pb::Webhook* reply) override;
  grpc::Status ListWebhooks(grpc::ServerContext* context, const pb::ListWebhooksRequest* request,
                            pb::ListWebhooksResponse* reply) override;
  grpc::Status UpdateWebhook(grpc::ServerContext* context, const pb::UpdateWebhookRequest* request, pb::Webhook* reply) override;
  grpc::Status DeleteWebhook(grpc::ServerContext* context, const pb::DeleteWebhookRequest* request,
                             pb::DeleteWebhookResponse* reply) override;
  grpc::Status ListDeliveries(grpc::ServerContext* context, const pb::ListDeliveriesRequest* request,
                              pb::ListDeliveriesResponse* reply) override;
  grpc::Status Redeliver(grpc::ServerContext* context, const pb::RedeliverRequest* request, pb::Delivery* reply) override;

 private:
  Webhooks& webhooks_;
};

}  // namespace millwright::registry
