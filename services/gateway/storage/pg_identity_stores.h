#pragma once

#include "gateway/domain/identity_stores.h"
#include "gateway/storage/pg_session_store.h"
#include "gateway/storage/pg_token_store.h"
#include "gateway/storage/pg_user_store.h"
#include "gateway/storage/pg_workspace_store.h"

namespace millwright::gateway {

/// The stores of identities in one database.
struct PgIdentityStores {
  explicit PgIdentityStores(pg::Database& db) : users(db), workspaces(db), sessions(db), tokens(db) {}

  PgUserStore users;
  PgWorkspaceStore workspaces;
  PgSessionStore sessions;
  PgTokenStore tokens;
  IdentityStores all{users, workspaces, sessions, tokens};
};

}  // namespace millwright::gateway
