#include "gateway/doors/request_guard.h"

#include <gtest/gtest.h>

namespace millwright::gateway {
namespace {

TEST(CheckHostTest, ServesThisMachineAndConfiguredNamesOnly) {
  for (const char* host : {"localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:5000", "LOCALHOST", "plant.example:5000"}) {
    EXPECT_TRUE(CheckHost(host, {"plant.example"}).ok()) << host;
  }
  for (const char* host : {"", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:5000", ":5000",
                           "[::2]", "plant.example.evil"}) {
    EXPECT_EQ(CheckHost(host, {"plant.example"}).code(), absl::StatusCode::kPermissionDenied) << host;
  }
}

TEST(CheckSourceTest, RefusesOtherSitesPagesForEveryUnsafeMethod) {
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    EXPECT_FALSE(CheckSource({.method = method, .host = "localhost:5000", .origin = "http://evil.example"}).ok()) << method;
    EXPECT_FALSE(CheckSource({.method = method, .host = "localhost:5000", .origin = "null"}).ok()) << method;
    EXPECT_FALSE(CheckSource({.method = method, .host = "localhost:5000", .origin = "http://localhost:8080"}).ok()) << method;
    EXPECT_FALSE(CheckSource({.method = method, .host = "localhost:5000", .fetch_site = "cross-site"}).ok()) << method;
    EXPECT_FALSE(CheckSource({.method = method, .host = "localhost:5000", .fetch_site = "same-site"}).ok()) << method;
    EXPECT_FALSE(CheckSource({.method = method, .host = "localhost:5000", .has_cookie = true}).ok()) << method;
    EXPECT_TRUE(CheckSource({.method = method, .host = "localhost:5000"}).ok()) << method;
    EXPECT_TRUE(
        CheckSource({.method = method, .host = "localhost:5000", .origin = "http://localhost:5000", .has_cookie = true}).ok())
        << method;
    EXPECT_TRUE(CheckSource({.method = method, .host = "localhost:5000", .fetch_site = "same-origin", .has_cookie = true}).ok())
        << method;
  }
  EXPECT_TRUE(CheckSource({.method = "GET", .host = "localhost:5000", .origin = "http://evil.example", .has_cookie = true}).ok());
}

TEST(ReadCredentialsTest, TakesBearerBasicAndCookie) {
  EXPECT_EQ(ReadCredentials("Bearer mw_1", "")->token, "mw_1");
  const Credentials basic = ReadCredentials("Basic YWRhOnBhc3M6d29yZA==", "millwright_session=mw_2").value();
  EXPECT_EQ(basic.kind, Credentials::Kind::kBasic);
  EXPECT_EQ(basic.user_name, "ada");
  EXPECT_EQ(basic.password, "pass:word");
  const Credentials cookie = ReadCredentials("", "theme=dark; millwright_session=mw_2").value();
  EXPECT_EQ(cookie.token, "mw_2");
  EXPECT_TRUE(cookie.is_cookie);
  EXPECT_EQ(ReadCredentials("", "xmillwright_session=mw_2")->kind, Credentials::Kind::kNone);
  EXPECT_FALSE(ReadCredentials("Basic ****", "").ok());
  EXPECT_FALSE(ReadCredentials("Digest x", "").ok());
}

TEST(SessionCookieTest, IsNotForScriptsOrOtherSites) {
  EXPECT_EQ(SessionCookie("mw_1", true, 60), "millwright_session=mw_1; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure");
  EXPECT_EQ(SessionCookie("", false, 60), "millwright_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
}

}  // namespace
}  // namespace millwright::gateway
