#pragma once

#include "gateway/domain/session_store.h"
#include "gateway/domain/token_store.h"
#include "gateway/domain/user_store.h"
#include "gateway/domain/workspace_store.h"

namespace millwright::gateway {

/// Where every change that ends or narrows a token is told.
inline constexpr char kTokensChannel[] = "gateway_tokens";

/// The stores of who may call and as whom.
struct IdentityStores {
  UserStore& users;
  WorkspaceStore& workspaces;
  SessionStore& sessions;
  TokenStore& tokens;
};

}  // namespace millwright::gateway
