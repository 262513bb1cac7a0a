#include "gateway/rpc/identity_services.h"

#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/rpc/convert.h"
#include "lib/base/clock.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"
#include "lib/rpc/server.h"

namespace millwright::gateway {
namespace {

constexpr int kDefaultPage = 100;
constexpr int kMaxPage = 1000;

// 0 when the call came without a session or token, as with basic authentication.
std::int64_t TokenIdOf(const grpc::ServerContext& context) {
  const auto it = context.client_metadata().find(kTokenIdKey);
  std::int64_t id = 0;
  if (it == context.client_metadata().end() || !absl::SimpleAtoi(absl::string_view(it->second.data(), it->second.size()), &id))
    return 0;
  return id;
}

absl::StatusOr<std::int64_t> ParseId(const std::string& field, const std::string& text) {
  std::int64_t id = 0;
  if (absl::SimpleAtoi(text, &id) && id > 0) return id;
  return absl::InvalidArgumentError(absl::StrCat(field, " \"", text.substr(0, 64), "\" must be a number"));
}

// The one key of a page token; `first` for the first page.
absl::StatusOr<std::string> TextKey(const std::string& page_token) {
  if (page_token.empty()) return "";
  ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(page_token));
  if (keys.size() != 1 || !keys[0].is_string()) return absl::InvalidArgumentError("page_token is not one of this list");
  return keys[0].get<std::string>();
}

absl::StatusOr<std::int64_t> NumberKey(const std::string& page_token, std::int64_t first) {
  if (page_token.empty()) return first;
  ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(page_token));
  if (keys.size() != 1 || !keys[0].is_number_integer()) return absl::InvalidArgumentError("page_token is not one of this list");
  return keys[0].get<std::int64_t>();
}

}  // namespace

grpc::Status SessionService::SignIn(grpc::ServerContext* context, const v1::SignInRequest* request, v1::SignInResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller&) -> absl::Status {
    if (request->code().empty() && request->user_name().empty()) {
      return absl::InvalidArgumentError("set code, or user_name and password");
    }
    ASSIGN_OR_RETURN(const SessionStart start, request->code().empty()
                                                   ? accounts_.SignInWithPassword(request->user_name(), request->password())
                                                   : accounts_.SignInWithCode(request->code()));
    reply->set_session_token(start.token);
    reply->set_user_name(start.identity.user_name);
    reply->set_role(static_cast<api::v1::Role>(start.identity.role));
    if (start.identity.expires_at) *reply->mutable_expires_at() = rpc::ToProto(*start.identity.expires_at);
    return absl::OkStatus();
  });
}

grpc::Status SessionService::SignOut(grpc::ServerContext* context, const v1::SignOutRequest*, v1::SignOutResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller&) { return accounts_.SignOut(TokenIdOf(*context)); });
}

grpc::Status SessionService::GetSession(grpc::ServerContext* context, const v1::GetSessionRequest*,
                                        v1::GetSessionResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    reply->set_user_name(caller.subject);
    reply->set_role(static_cast<api::v1::Role>(caller.role));
    reply->set_workspace_id(caller.workspace.value());
    if (caller.workspace.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Workspace workspace, workspaces_.GetWorkspace(caller.workspace));
    reply->set_workspace(workspace.name);
    return absl::OkStatus();
  });
}

grpc::Status UserService::CreateUser(grpc::ServerContext* context, const v1::CreateUserRequest* request, v1::User* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const User user, accounts_.CreateUser(caller, request->name(), static_cast<auth::Role>(request->role())));
    *reply = ToProto(user);
    return absl::OkStatus();
  });
}

grpc::Status UserService::GetUser(grpc::ServerContext* context, const v1::GetUserRequest* request, v1::User* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const User user, users_.GetUser(caller.workspace, request->name()));
    *reply = ToProto(user);
    return absl::OkStatus();
  });
}

grpc::Status UserService::ListUsers(grpc::ServerContext* context, const v1::ListUsersRequest* request,
                                    v1::ListUsersResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), kDefaultPage, kMaxPage));
    ASSIGN_OR_RETURN(const std::string after, TextKey(request->page_token()));
    ASSIGN_OR_RETURN(std::vector<User> users, users_.ListUsers(caller.workspace, after, size + 1));
    if (static_cast<int>(users.size()) > size) {
      users.pop_back();
      reply->set_next_page_token(rpc::EncodePageToken(nlohmann::json::array({users.back().name})));
    }
    for (const User& user : users) *reply->add_users() = ToProto(user);
    return absl::OkStatus();
  });
}

grpc::Status UserService::UpdateUser(grpc::ServerContext* context, const v1::UpdateUserRequest* request, v1::User* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    UserChange change;
    if (request->role() != api::v1::ROLE_UNSPECIFIED) change.role = static_cast<auth::Role>(request->role());
    if (request->has_is_disabled()) change.is_disabled = request->is_disabled();
    ASSIGN_OR_RETURN(const User user, accounts_.UpdateUser(caller, request->name(), change));
    *reply = ToProto(user);
    return absl::OkStatus();
  });
}

grpc::Status UserService::SetPassword(grpc::ServerContext* context, const v1::SetPasswordRequest* request,
                                      v1::SetPasswordResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) {
    return accounts_.SetPassword(caller, TokenIdOf(*context), request->current_password(), request->new_password());
  });
}

grpc::Status UserService::CreateSignInLink(grpc::ServerContext* context, const v1::CreateSignInLinkRequest* request,
                                           v1::CreateSignInLinkResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const SignInCode code, accounts_.CreateSignInLink(caller, request->name()));
    reply->set_code(code.code);
    *reply->mutable_expires_at() = rpc::ToProto(code.expires_at);
    return absl::OkStatus();
  });
}

grpc::Status TokenService::CreateApiToken(grpc::ServerContext* context, const v1::CreateApiTokenRequest* request,
                                          v1::CreateApiTokenResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    const TokenRequest wanted{.name = request->name(),
                              .role = static_cast<auth::Role>(request->role()),
                              .expires_in_days = request->expires_in_days(),
                              .workspace = request->workspace()};
    ASSIGN_OR_RETURN(const TokenStart start, accounts_.CreateApiToken(caller, wanted));
    *reply->mutable_api_token() = ToProto(start.api_token);
    reply->set_token(start.token);
    return absl::OkStatus();
  });
}

grpc::Status TokenService::ListApiTokens(grpc::ServerContext* context, const v1::ListApiTokensRequest* request,
                                         v1::ListApiTokensResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), kDefaultPage, kMaxPage));
    ASSIGN_OR_RETURN(const std::int64_t after, NumberKey(request->page_token(), 0));
    ASSIGN_OR_RETURN(std::vector<ApiToken> tokens, accounts_.ListApiTokens(caller, after, size + 1));
    if (static_cast<int>(tokens.size()) > size) {
      tokens.pop_back();
      reply->set_next_page_token(rpc::EncodePageToken(nlohmann::json::array({tokens.back().id})));
    }
    for (const ApiToken& token : tokens) *reply->add_api_tokens() = ToProto(token);
    return absl::OkStatus();
  });
}

grpc::Status TokenService::RevokeApiToken(grpc::ServerContext* context, const v1::RevokeApiTokenRequest* request,
                                          v1::RevokeApiTokenResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t id, ParseId("token_id", request->token_id()));
    return accounts_.RevokeApiToken(caller, id);
  });
}

grpc::Status TokenService::WatchTokens(grpc::ServerContext* context, const v1::WatchTokensRequest*,
                                       grpc::ServerWriter<v1::TokenSnapshot>* writer) {
  return rpc::Answer(*context, [&](const auth::Caller&) -> absl::Status {
    std::optional<std::string> sent;
    std::uint64_t seen = changes_.Now();
    bool is_due = true;
    while (!context->IsCancelled()) {
      if (rpc::IsDraining()) return absl::UnavailableError("the gateway is stopping");
      if (is_due) {
        ASSIGN_OR_RETURN(const std::vector<TokenGrant> grants, tokens_.ListGrants(base::SystemClock().Now()));
        v1::TokenSnapshot snapshot;
        for (const TokenGrant& grant : grants) *snapshot.add_grants() = ToProto(grant);
        if (const std::string bytes = snapshot.SerializeAsString(); bytes != sent) {
          if (!writer->Write(snapshot)) return absl::CancelledError("the watcher went away");
          sent = bytes;
        }
      }
      const std::uint64_t now = changes_.Await(seen, absl::Seconds(1));
      is_due = now != seen;
      seen = now;
    }
    return absl::CancelledError("the watcher went away");
  });
}

grpc::Status WorkspaceService::CreateWorkspace(grpc::ServerContext* context, const v1::CreateWorkspaceRequest* request,
                                               v1::Workspace* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Workspace workspace, accounts_.CreateWorkspace(caller, request->name()));
    *reply = ToProto(workspace);
    return absl::OkStatus();
  });
}

grpc::Status WorkspaceService::ListWorkspaces(grpc::ServerContext* context, const v1::ListWorkspacesRequest*,
                                              v1::ListWorkspacesResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Workspace> workspaces, workspaces_.ListWorkspaces(caller.subject));
    for (const Workspace& workspace : workspaces) *reply->add_workspaces() = ToProto(workspace);
    return absl::OkStatus();
  });
}

grpc::Status AuditService::ListAuditEntries(grpc::ServerContext* context, const v1::ListAuditEntriesRequest* request,
                                            v1::ListAuditEntriesResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), kDefaultPage, kMaxPage));
    ASSIGN_OR_RETURN(const std::int64_t before, NumberKey(request->page_token(), std::numeric_limits<std::int64_t>::max()));
    ASSIGN_OR_RETURN(std::vector<AuditEntry> entries, log_.List(caller.workspace, before, size + 1));
    if (static_cast<int>(entries.size()) > size) {
      entries.pop_back();
      reply->set_next_page_token(rpc::EncodePageToken(nlohmann::json::array({entries.back().id})));
    }
    for (const AuditEntry& entry : entries) *reply->add_audit_entries() = ToProto(entry);
    return absl::OkStatus();
  });
}

}  // namespace millwright::gateway
