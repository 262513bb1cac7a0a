#include "cli/tables/tables.h"
#include "millwright/gateway/v1/identity.pb.h"
#include "millwright/system/v1/system.pb.h"

namespace millwright::cli {

#define TOKENS "millwright.gateway.v1.TokenService."
#define USERS "millwright.gateway.v1.UserService."
#define WORKSPACES "millwright.gateway.v1.WorkspaceService."

const ServiceTable& PlatformTable() {
  gateway::v1::User::descriptor();         // registers the contract
  system::v1::SystemStatus::descriptor();  // registers the contract
  static const auto* table = new ServiceTable{
      .commands =
          {
              {"tokens", "list", TOKENS "ListApiTokens", "API tokens", {}},
              {"tokens",
               "create",
               TOKENS "CreateApiToken",
               "A new API token; it is shown once",
               {{"NAME", "name"},
                {"role", "role", From::kFlag, "viewer, engineer, admin or worker; your own when not given"},
                {"days", "expires_in_days", From::kFlag, "until it expires; never when not given"},
                {"workspace", "workspace", From::kFlag, "the workspace it acts in; yours when not given"}}},
              {"tokens", "revoke", TOKENS "RevokeApiToken", "Revoke an API token", {{"ID", "token_id"}}},
              {"users", "list", USERS "ListUsers", "Users", {}},
              {"users", "get", USERS "GetUser", "One user", {{"NAME", "name"}}},
              {"users",
               "create",
               USERS "CreateUser",
               "A new user; `users link` lets them in",
               {{"NAME", "name"}, {"role", "role", From::kFlag, "viewer, engineer or admin", "viewer"}}},
              {"users", "link", USERS "CreateSignInLink", "A one-time link that signs a user in", {{"NAME", "name"}}},
              {"users", "set-role", USERS "UpdateUser", "Change a user's role", {{"NAME", "name"}, {"ROLE", "role"}}},
              {"users",
               "disable",
               USERS "UpdateUser",
               "End a user's sessions and tokens",
               {{"NAME", "name"}, {"", "is_disabled", From::kFixed, "", "yes"}}},
              {"users",
               "enable",
               USERS "UpdateUser",
               "Let a disabled user in again",
               {{"NAME", "name"}, {"", "is_disabled", From::kFixed, "", "no"}}},
              {"workspaces", "list", WORKSPACES "ListWorkspaces", "Workspaces", {}},
              {"workspaces", "create", WORKSPACES "CreateWorkspace", "A new workspace", {{"NAME", "name"}}},
              {"audit", "list", "millwright.gateway.v1.AuditService.ListAuditEntries", "Who did what, newest first", {}},
          },
      .columns = {
          {"millwright.system.v1.ServiceStatus",
           {{"NAME", "name"},
            {"STATE", "state"},
            {"PID", "pid"},
            {"ADDRESS", "address"},
            {"VERSION", "version"},
            {"UPTIME", "started_at"},
            {"RESTARTS", "restarts"},
            {"LAST EXIT", "last_exit"}}},
          {"millwright.gateway.v1.User",
           {{"USER", "name"},
            {"ROLE", "role"},
            {"DISABLED", "is_disabled"},
            {"PASSWORD", "has_password"},
            {"CREATED", "created_at"}}},
          {"millwright.gateway.v1.ApiToken",
           {{"TOKEN ID", "token_id"},
            {"NAME", "name"},
            {"USER", "user_name"},
            {"ROLE", "role"},
            {"CREATED", "created_at"},
            {"EXPIRES", "expires_at"}}},
          {"millwright.gateway.v1.AuditEntry",
           {{"AT", "at"},
            {"SUBJECT", "subject"},
            {"ACTION", "action"},
            {"RESOURCE", "resource"},
            {"OUTCOME", "outcome"},
            {"FROM", "client_address"}}},
      }};
  return *table;
}

}  // namespace millwright::cli
