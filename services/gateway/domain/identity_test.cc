#include "gateway/domain/identity.h"

#include <gtest/gtest.h>

namespace millwright::gateway {
namespace {

TEST(IdentityTest, NamesWithControlCharactersAreRefusedAndQuotedInOneLine) {
  for (const char* name : {"a\nb", "a\tb", "\x1b[31m", "x\x7f", "\xc2\x85"}) {
    EXPECT_EQ(CheckTokenName(name).code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_FALSE(CheckUserName(name).ok()) << name;
    EXPECT_FALSE(CheckWorkspaceName(name).ok()) << name;
  }
  EXPECT_EQ(CheckTokenName("ci\nrole").message(), "name \"ci?role\" must be 1 to 128 bytes of text without control characters");
  EXPECT_EQ(CheckUserName("Ana\n").message(), "name \"Ana?\" must be 1 to 64 of a-z 0-9 . _ -");
}

TEST(IdentityTest, TokenNamesAreTextOfAnyLanguage) {
  EXPECT_TRUE(CheckTokenName("현장 PC #3, line 2").ok());
  EXPECT_TRUE(CheckTokenName(std::string(128, 'x')).ok());
  EXPECT_FALSE(CheckTokenName(std::string(129, 'x')).ok());
  EXPECT_FALSE(CheckTokenName("").ok());
  EXPECT_FALSE(CheckTokenName("\xff").ok());
}

}  // namespace
}  // namespace millwright::gateway
