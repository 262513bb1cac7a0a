#include "model-registry/domain/webhook.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"
#include "model-registry/domain/address_guard.h"
#include "model-registry/domain/event.h"
#include "model-registry/domain/model.h"

namespace millwright::registry {
namespace {

constexpr std::size_t kMaxUrl = 2000;
constexpr std::size_t kMaxName = 63;
constexpr std::size_t kBlock = 64;  // of SHA-256

std::string HmacSha256Hex(std::string key, const std::string& text) {
  if (key.size() > kBlock) {
    key = absl::HexStringToBytes(base::Sha256Hex(key));
  }
  key.resize(kBlock, '\0');
  std::string inner_key = key, outer_key = key;
  for (char& c : inner_key) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer_key) c = static_cast<char>(c ^ 0x5C);
  base::Sha256 inner;
  inner.Update(inner_key);
  inner.Update(text);
  base::Sha256 outer;
  outer.Update(outer_key);
  outer.Update(absl::HexStringToBytes(inner.FinishHex()));
  return outer.FinishHex();
}

}  // namespace

std::string Name(DeliveryState state) {
  switch (state) {
    case DeliveryState::kQueued:
      return "queued";
    case DeliveryState::kDelivered:
      return "delivered";
    case DeliveryState::kFailed:
      return "failed";
  }
  return "";
}

std::optional<DeliveryState> DeliveryStateOf(const std::string& name) {
  for (const DeliveryState state : {DeliveryState::kQueued, DeliveryState::kDelivered, DeliveryState::kFailed}) {
    if (Name(state) == name) return state;
  }
  return std::nullopt;
}

absl::Status CheckWebhookUrl(const std::string& url, bool may_be_private) {
  const auto wrong = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("url: \"", base::Utf8Excerpt(url, 200), "\" ", why,
                                                   "; it is like \"https://ci.example.com/hooks/registry\""));
  };
  if (url.size() > kMaxUrl) return absl::InvalidArgumentError(absl::StrCat("url: ", url.size(), " bytes; at most ", kMaxUrl));
  absl::string_view rest = url;
  if (!absl::ConsumePrefix(&rest, "https://") && !absl::ConsumePrefix(&rest, "http://"))
    return wrong("is neither https:// nor http://");
  const bool is_plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7F && c != '\\'; });
  if (!is_plain) return wrong("holds a character that a URL may not");
  const absl::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (absl::StrContains(authority, '@')) return wrong("holds a user or password; the secret signs instead");
  absl::string_view host = authority;
  if (absl::StartsWith(host, "[")) {
    host = host.substr(1, host.find(']') == absl::string_view::npos ? 0 : host.find(']') - 1);
  } else {
    host = host.substr(0, host.rfind(':'));
  }
  if (host.empty()) return wrong("names no host");
  const std::string name = absl::AsciiStrToLower(absl::StripSuffix(host, "."));
  if (!may_be_private && (name == "localhost" || absl::EndsWith(name, ".localhost") || IsPrivateLiteral(name)))
    return wrong("names a private address, which this server does not send to");
  return absl::OkStatus();
}

absl::Status CheckWebhookName(const std::string& name) {
  if (name.empty()) return absl::InvalidArgumentError("name: missing; a webhook's name has 1 to 63 bytes");
  RETURN_IF_ERROR(CheckText("name", name, kMaxName));
  if (!base::IsUtf8(name) || base::HasControlCharacter(name))
    return absl::InvalidArgumentError("name: must be UTF-8 without control characters");
  return absl::OkStatus();
}

absl::Status CheckWebhookSecret(const std::string& secret) {
  if (secret.size() >= 16 && secret.size() <= 200) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("secret: has ", secret.size(), " bytes; 16 to 200 are allowed"));
}

absl::Status CheckWebhookEvents(const std::vector<std::string>& events) {
  const std::vector<std::string>& known = EventKinds();
  if (events.size() > known.size()) return absl::InvalidArgumentError("events: there are more than there are kinds");
  for (const std::string& event : events) {
    if (std::find(known.begin(), known.end(), event) != known.end()) continue;
    std::string all;
    for (const std::string& kind : known) absl::StrAppend(&all, all.empty() ? "" : ", ", kind);
    return absl::InvalidArgumentError(
        absl::StrCat("events: \"", base::Utf8Excerpt(event, 60), "\" is no event; there are ", all));
  }
  return absl::OkStatus();
}

absl::Duration PauseAfter(const RetryPolicy& policy, int attempt, double share) {
  absl::Duration pause = policy.first_pause;
  for (int i = 1; i < attempt && pause < policy.longest_pause; ++i) pause *= 2;
  return std::min(pause, policy.longest_pause) * (0.5 + 0.5 * share);
}

std::string SignatureOf(const std::string& secret, absl::Time at, const std::string& body) {
  const std::int64_t seconds = absl::ToUnixSeconds(at);
  return absl::StrCat("t=", seconds, ",v1=", HmacSha256Hex(secret, absl::StrCat(seconds, ".", body)));
}

}  // namespace millwright::registry
