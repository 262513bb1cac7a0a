#include "lib/auth/assertion.h"

#include <gtest/gtest.h>

#include "lib/base/random.h"

namespace millwright::auth {
namespace {

constexpr char kMethod[] = "/millwright.tracker.v1.TrackerService/GetRun";

class AssertionTest : public testing::Test {
 protected:
  base::ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  Signer signer_ = Signer::Create(base::RandomHex(32), "gateway", clock_).value();
  Caller caller_{.subject = "ana", .role = Role::kEngineer, .workspace = base::WorkspaceId("7")};
};

TEST_F(AssertionTest, CarriesTheCaller) {
  const Caller seen = signer_.Verify(signer_.Sign(caller_, kMethod), kMethod).value();
  EXPECT_EQ(seen.subject, "ana");
  EXPECT_EQ(seen.role, Role::kEngineer);
  EXPECT_EQ(seen.workspace.value(), "7");
  EXPECT_FALSE(seen.is_service);
}

TEST_F(AssertionTest, IsRefusedAfterAMinute) {
  const std::string assertion = signer_.Sign(caller_, kMethod);
  clock_.Advance(absl::Seconds(61));
  EXPECT_EQ(signer_.Verify(assertion, kMethod).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(AssertionTest, IsRefusedForAnotherMethod) {
  EXPECT_FALSE(signer_.Verify(signer_.Sign(caller_, kMethod), "/millwright.tracker.v1.TrackerService/CreateRun").ok());
}

TEST_F(AssertionTest, IsRefusedUnderAnotherKey) {
  const Signer other = Signer::Create(base::RandomHex(32), "gateway", clock_).value();
  EXPECT_FALSE(other.Verify(signer_.Sign(caller_, kMethod), kMethod).ok());
}

TEST_F(AssertionTest, IsRefusedWhenAnyByteChanged) {
  const std::string assertion = signer_.Sign(caller_, kMethod);
  for (std::size_t i = 0; i < assertion.size(); ++i) {
    std::string changed = assertion;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(signer_.Verify(changed, kMethod).ok()) << "byte " << i;
  }
}

TEST_F(AssertionTest, RefusesAKeyThatIsNotOne) { EXPECT_FALSE(Signer::Create("short", "gateway").ok()); }

}  // namespace
}  // namespace millwright::auth
