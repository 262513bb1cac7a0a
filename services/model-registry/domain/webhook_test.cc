#include "model-registry/domain/webhook.h"

#include <gmock/gmock.h>

#include "model-registry/domain/address_guard.h"

namespace millwright::registry {
namespace {

TEST(WebhookTest, OnlyPublicWebAddressesAreTold) {
  for (const char* url :
       {"https://ci.example.com/hooks", "http://example.com:8080/x?y=z", "https://8.8.8.8/", "https://[2606:4700::1]/"})
    EXPECT_TRUE(CheckWebhookUrl(url, false).ok()) << url;
  for (const char* url : {"",
                          "ftp://example.com/",
                          "file:///etc/passwd",
                          "https://",
                          "https:///x",
                          "gopher://x",
                          "https://user:pass@example.com/",
                          "https://example.com\\@127.0.0.1/",
                          "https://exa mple.com/",
                          "https://127.0.0.1/",
                          "https://127.1/",
                          "https://0x7f.0.0.1/",
                          "https://2130706433/",
                          "http://localhost:5000/",
                          "http://LOCALHOST./",
                          "http://x.localhost/",
                          "http://10.1.2.3/",
                          "http://172.31.0.1/",
                          "http://192.168.0.1/",
                          "http://169.254.169.254/latest/meta-data",
                          "http://100.64.0.1/",
                          "http://0.0.0.0/",
                          "http://[::1]/",
                          "http://[::ffff:127.0.0.1]/",
                          "http://[fe80::1]/",
                          "http://[fd00::1]/",
                          "http://[64:ff9b::7f00:1]/",
                          "http://[2002:7f00:1::]/",
                          "http://224.0.0.1/",
                          "http://255.255.255.255/"}) {
    EXPECT_EQ(CheckWebhookUrl(url, false).code(), absl::StatusCode::kInvalidArgument) << url;
  }
  EXPECT_TRUE(CheckWebhookUrl("http://127.0.0.1:9999/", true).ok());
}

TEST(WebhookTest, TheSignatureIsOfTimeAndBody) {
  // Checked with: printf '1700000000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef
  const absl::Time at = absl::FromUnixSeconds(1'700'000'000);
  const std::string signature = SignatureOf("0123456789abcdef", at, "{}");
  EXPECT_EQ(signature, "t=1700000000,v1=e4f8e2ecae2295b2ddb2f0b5584c8275e226c0ebe9b3b819e70156bb67122e3e");
  EXPECT_NE(signature, SignatureOf("0123456789abcdef", at + absl::Seconds(1), "{}"));
  EXPECT_NE(signature, SignatureOf("0123456789abcdeg", at, "{}"));
}

TEST(WebhookTest, PausesDoubleUpToTheLongest) {
  const RetryPolicy policy{.attempts = 20, .first_pause = absl::Seconds(5), .longest_pause = absl::Minutes(10)};
  EXPECT_EQ(PauseAfter(policy, 1, 1), absl::Seconds(5));
  EXPECT_EQ(PauseAfter(policy, 1, 0), absl::Seconds(2.5));
  EXPECT_EQ(PauseAfter(policy, 4, 1), absl::Seconds(40));
  EXPECT_EQ(PauseAfter(policy, 20, 1), absl::Minutes(10));
}

TEST(WebhookTest, UnknownEventsAreRefusedNamingTheKnown) {
  EXPECT_TRUE(CheckWebhookEvents({"version.transitioned", "alias.set"}).ok());
  EXPECT_THAT(CheckWebhookEvents({"version.moved"}).message(), testing::HasSubstr("version.transitioned"));
}

}  // namespace
}  // namespace millwright::registry
