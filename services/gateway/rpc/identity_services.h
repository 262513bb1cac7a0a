#pragma once

#include "gateway/domain/accounts.h"
#include "gateway/domain/audit_log.h"
#include "gateway/domain/identity_stores.h"
#include "gateway/domain/token_changes.h"
#include "millwright/gateway/v1/identity.grpc.pb.h"

namespace millwright::gateway {

/// gRPC metadata in which a door names the session or token that a call came with (its id, a number).
inline constexpr char kTokenIdKey[] = "millwright-token-id";

/// Sign-in and sessions over Accounts.
class SessionService final : public v1::SessionService::Service {
 public:
  SessionService(Accounts& accounts, WorkspaceStore& workspaces) : accounts_(accounts), workspaces_(workspaces) {}
  grpc::Status SignIn(grpc::ServerContext*, const v1::SignInRequest*, v1::SignInResponse*) override;
  grpc::Status SignOut(grpc::ServerContext*, const v1::SignOutRequest*, v1::SignOutResponse*) override;
  grpc::Status GetSession(grpc::ServerContext*, const v1::GetSessionRequest*, v1::GetSessionResponse*) override;

 private:
  Accounts& accounts_;
  WorkspaceStore& workspaces_;
};

/// The users of a workspace.
class UserService final : public v1::UserService::Service {
 public:
  UserService(Accounts& accounts, UserStore& users) : accounts_(accounts), users_(users) {}
  grpc::Status CreateUser(grpc::ServerContext*, const v1::CreateUserRequest*, v1::User*) override;
  grpc::Status GetUser(grpc::ServerContext*, const v1::GetUserRequest*, v1::User*) override;
  grpc::Status ListUsers(grpc::ServerContext*, const v1::ListUsersRequest*, v1::ListUsersResponse*) override;
  grpc::Status UpdateUser(grpc::ServerContext*, const v1::UpdateUserRequest*, v1::User*) override;
  grpc::Status SetPassword(grpc::ServerContext*, const v1::SetPasswordRequest*, v1::SetPasswordResponse*) override;
  grpc::Status CreateSignInLink(grpc::ServerContext*, const v1::CreateSignInLinkRequest*, v1::CreateSignInLinkResponse*) override;

 private:
  Accounts& accounts_;
  UserStore& users_;
};

/// API tokens, and their valid set for doors elsewhere.
class TokenService final : public v1::TokenService::Service {
 public:
  TokenService(Accounts& accounts, TokenStore& tokens, const TokenChanges& changes)
      : accounts_(accounts), tokens_(tokens), changes_(changes) {}
  grpc::Status CreateApiToken(grpc::ServerContext*, const v1::CreateApiTokenRequest*, v1::CreateApiTokenResponse*) override;
  grpc::Status ListApiTokens(grpc::ServerContext*, const v1::ListApiTokensRequest*, v1::ListApiTokensResponse*) override;
  grpc::Status RevokeApiToken(grpc::ServerContext*, const v1::RevokeApiTokenRequest*, v1::RevokeApiTokenResponse*) override;
  grpc::Status WatchTokens(grpc::ServerContext*, const v1::WatchTokensRequest*, grpc::ServerWriter<v1::TokenSnapshot>*) override;

 private:
  Accounts& accounts_;
  TokenStore& tokens_;
  const TokenChanges& changes_;
};

/// Tenants.
class WorkspaceService final : public v1::WorkspaceService::Service {
 public:
  WorkspaceService(Accounts& accounts, WorkspaceStore& workspaces) : accounts_(accounts), workspaces_(workspaces) {}
  grpc::Status CreateWorkspace(grpc::ServerContext*, const v1::CreateWorkspaceRequest*, v1::Workspace*) override;
  grpc::Status ListWorkspaces(grpc::ServerContext*, const v1::ListWorkspacesRequest*, v1::ListWorkspacesResponse*) override;

 private:
  Accounts& accounts_;
  WorkspaceStore& workspaces_;
};

/// Reads the audit log.
class AuditService final : public v1::AuditService::Service {
 public:
  explicit AuditService(AuditLog& log) : log_(log) {}
  grpc::Status ListAuditEntries(grpc::ServerContext*, const v1::ListAuditEntriesRequest*, v1::ListAuditEntriesResponse*) override;

 private:
  AuditLog& log_;
};

}  // namespace millwright::gateway
