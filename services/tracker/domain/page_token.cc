#include "tracker/domain/page_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/sha256.h"
#include "nlohmann/json.hpp"

namespace millwright::tracker {
namespace {

constexpr std::size_t kMaxTokenBytes = 64 * 1024;

// Names what was asked; pages of one question share it.
std::string Fingerprint(const std::vector<std::string>& question) {
  std::string text;
  for (const std::string& part : question) absl::StrAppend(&text, part.size(), ":", part);
  return base::Sha256Hex(text).substr(0, 16);
}

absl::Status Invalid(absl::string_view why) { return absl::InvalidArgumentError(absl::StrCat("Invalid page token: ", why)); }

}  // namespace

std::string WritePageToken(const std::vector<std::string>& question, const std::optional<Cursor>& cursor) {
  if (!cursor) return "";
  nlohmann::json values = nlohmann::json::array({Fingerprint(question)});
  for (const std::optional<std::string>& value : *cursor) values.push_back(value ? nlohmann::json(*value) : nlohmann::json());
  return absl::WebSafeBase64Escape(values.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

absl::StatusOr<std::optional<Cursor>> ReadPageToken(const std::vector<std::string>& question, const std::string& token) {
  if (token.empty()) return std::optional<Cursor>();
  std::string text;
  if (token.size() > kMaxTokenBytes || !absl::WebSafeBase64Unescape(token, &text)) return Invalid("it is none of this server's");
  const nlohmann::json values = nlohmann::json::parse(text, nullptr, false);
  if (!values.is_array() || values.size() < 2 || !values[0].is_string()) return Invalid("it is none of this server's");
  if (values[0].get<std::string>() != Fingerprint(question)) {
    return Invalid("it belongs to another question; a token goes with the filter, order and scope that it came from");
  }
  Cursor cursor;
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (!values[i].is_null() && !values[i].is_string()) return Invalid("it is none of this server's");
    cursor.push_back(values[i].is_null() ? std::optional<std::string>() : values[i].get<std::string>());
  }
  return std::optional<Cursor>(std::move(cursor));
}

}  // namespace millwright::tracker
