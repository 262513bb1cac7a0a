#include "gateway/storage/identity_rows.h"

#include "absl/strings/str_cat.h"
#include "gateway/domain/identity_stores.h"
#include "lib/pg/listener.h"

namespace millwright::gateway {

auth::Role ReadRole(const pg::Row& row, int column) { return static_cast<auth::Role>(row.Int(column)); }

Identity MakeIdentity(std::int64_t token_id, const std::string& token_name, const std::string& user_name,
                      const std::string& workspace, auth::Role role, std::optional<absl::Time> expires_at) {
  std::string subject = user_name;
  if (role == auth::Role::kWorker) {
    subject = absl::StrCat("worker:", token_name);
  } else if (user_name.empty()) {
    subject = absl::StrCat("token:", token_name);
  }
  return {.subject = subject,
          .user_name = user_name,
          .role = role,
          .workspace = base::WorkspaceId(workspace),
          .token_id = token_id,
          .expires_at = expires_at};
}

Identity ReadIdentity(const pg::Row& row) {
  return MakeIdentity(row.Int(0), row.Text(1), row.Text(2), row.Text(3), ReadRole(row, 4), row.OptionalTime(5));
}

absl::Status NoUser(const std::string& name) {
  return absl::NotFoundError(absl::StrCat("no user \"", name, "\" in this workspace"));
}

absl::Status TellOfTokens(pg::Tx& tx) { return tx.Execute(pg::kNotify, kTokensChannel).status(); }

}  // namespace millwright::gateway
