#include "gateway/rpc/convert.h"

#include "absl/strings/str_cat.h"
#include "lib/rpc/convert.h"

namespace millwright::gateway {

v1::User ToProto(const User& user) {
  v1::User message;
  message.set_name(user.name);
  message.set_role(static_cast<api::v1::Role>(user.role));
  message.set_is_disabled(user.is_disabled);
  message.set_has_password(user.has_password);
  *message.mutable_created_at() = rpc::ToProto(user.created_at);
  return message;
}

v1::ApiToken ToProto(const ApiToken& token) {
  v1::ApiToken message;
  message.set_token_id(absl::StrCat(token.id));
  message.set_name(token.name);
  message.set_user_name(token.user_name);
  message.set_role(static_cast<api::v1::Role>(token.role));
  *message.mutable_created_at() = rpc::ToProto(token.created_at);
  if (token.expires_at) *message.mutable_expires_at() = rpc::ToProto(*token.expires_at);
  return message;
}

v1::Workspace ToProto(const Workspace& workspace) {
  v1::Workspace message;
  message.set_workspace_id(workspace.id.value());
  message.set_name(workspace.name);
  *message.mutable_created_at() = rpc::ToProto(workspace.created_at);
  return message;
}

v1::AuditEntry ToProto(const AuditEntry& entry) {
  v1::AuditEntry message;
  message.set_audit_id(absl::StrCat(entry.id));
  *message.mutable_at() = rpc::ToProto(entry.at);
  message.set_subject(entry.subject);
  message.set_action(entry.action);
  message.set_resource(entry.resource);
  message.set_method(entry.method);
  message.set_outcome(entry.outcome.empty() ? "started" : entry.outcome);
  message.set_request_id(entry.request_id);
  message.set_client_address(entry.client_address);
  return message;
}

v1::TokenGrant ToProto(const TokenGrant& grant) {
  v1::TokenGrant message;
  message.set_token_hash(grant.token_hash);
  message.set_subject(grant.identity.subject);
  message.set_role(static_cast<api::v1::Role>(grant.identity.role));
  message.set_workspace_id(grant.identity.workspace.value());
  message.set_expires_at_ms(grant.identity.expires_at ? absl::ToUnixMillis(*grant.identity.expires_at) : 0);
  return message;
}

}  // namespace millwright::gateway
