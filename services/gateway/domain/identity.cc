#include "gateway/domain/identity.h"

#include "absl/strings/str_cat.h"
#include "lib/base/utf8.h"

namespace millwright::gateway {
namespace {

bool IsMadeOf(const std::string& text, const char* allowed) {
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(allowed) == std::string::npos;
}

}  // namespace

absl::Status CheckUserName(const std::string& name) {
  if (IsMadeOf(name, "abcdefghijklmnopqrstuvwxyz0123456789._-")) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("name \"", base::Utf8Excerpt(name, 64), "\" must be 1 to 64 of a-z 0-9 . _ -"));
}

absl::Status CheckWorkspaceName(const std::string& name) {
  if (IsMadeOf(name, "abcdefghijklmnopqrstuvwxyz0123456789-")) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("name \"", base::Utf8Excerpt(name, 64), "\" must be 1 to 64 of a-z 0-9 -"));
}

absl::Status CheckTokenName(const std::string& name) {
  const bool is_name = !name.empty() && name.size() <= 128 && base::IsUtf8(name) && !base::HasControlCharacter(name);
  if (is_name) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("name \"", base::Utf8Excerpt(name, 128), "\" must be 1 to 128 bytes of text without control characters"));
}

absl::Status CheckNewPassword(const std::string& password) {
  if (password.size() < 12) return absl::InvalidArgumentError("new_password must have at least 12 characters");
  if (password.size() > 1024) return absl::InvalidArgumentError("new_password must have at most 1024 characters");
  return absl::OkStatus();
}

absl::Status CheckUserRole(auth::Role role) {
  if (role == auth::Role::kViewer || role == auth::Role::kEngineer || role == auth::Role::kAdmin) return absl::OkStatus();
  return absl::InvalidArgumentError("role must be ROLE_VIEWER, ROLE_ENGINEER or ROLE_ADMIN");
}

bool MayGrant(auth::Role held, auth::Role wanted) {
  if (wanted == auth::Role::kNone || held == auth::Role::kNone || held == auth::Role::kWorker) return false;
  if (wanted == auth::Role::kWorker) return held == auth::Role::kAdmin;
  return static_cast<int>(wanted) <= static_cast<int>(held);
}

}  // namespace millwright::gateway
