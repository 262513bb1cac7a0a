#pragma once

#include "gateway/domain/identity.h"
#include "millwright/gateway/v1/identity.pb.h"

namespace millwright::gateway {

v1::User ToProto(const User& user);
v1::ApiToken ToProto(const ApiToken& token);
v1::Workspace ToProto(const Workspace& workspace);
v1::AuditEntry ToProto(const AuditEntry& entry);
v1::TokenGrant ToProto(const TokenGrant& grant);

}  // namespace millwright::gateway
