#include "scheduler/rpc/page.h"

#include "lib/base/status_macros.h"
#include "lib/rpc/convert.h"

namespace millwright::scheduler {
namespace {

absl::Status Bad() { return absl::InvalidArgumentError("page_token: not one that this list gave"); }

}  // namespace

absl::StatusOr<std::string> NameCursor(const std::string& token) {
  if (token.empty()) return std::string();
  ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(token));
  if (!keys.is_array() || keys.size() != 1 || !keys[0].is_string()) return Bad();
  return keys[0].get<std::string>();
}

absl::StatusOr<std::optional<std::pair<absl::Time, std::string>>> TimeCursor(const std::string& token) {
  using Cursor = std::optional<std::pair<absl::Time, std::string>>;
  if (token.empty()) return Cursor();
  ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(token));
  if (!keys.is_array() || keys.size() != 2 || !keys[0].is_number_integer() || !keys[1].is_string()) return Bad();
  return Cursor({absl::FromUnixMicros(keys[0].get<std::int64_t>()), keys[1].get<std::string>()});
}

absl::StatusOr<int> NumberCursor(const std::string& token) {
  if (token.empty()) return -1;
  ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(token));
  if (!keys.is_array() || keys.size() != 1 || !keys[0].is_number_integer()) return Bad();
  const auto number = keys[0].get<std::int64_t>();
  if (number < 0 || number > 1'000'000'000) return Bad();
  return static_cast<int>(number);
}

std::string TimeToken(absl::Time time, const std::string& id) { return rpc::EncodePageToken({absl::ToUnixMicros(time), id}); }

}  // namespace millwright::scheduler
