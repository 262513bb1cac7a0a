#include "lib/auth/secret_box.h"

#include <gtest/gtest.h>

namespace millwright::auth {
namespace {

SecretBox BoxWith(char digit) { return *SecretBox::Create(std::string(64, digit)); }

TEST(SecretBox, OpensWhatItSealedAndNeverSealsTheSameTwice) {
  const SecretBox box = BoxWith('a');
  for (const std::string& secret :
       {std::string(), std::string("whs_0123456789"), std::string("a\0b", 3), std::string(200, 'x')}) {
    const std::string sealed = box.Seal(secret);
    EXPECT_EQ(sealed.size(), 2 * secret.size() + 87);
    EXPECT_EQ(box.Open(sealed), secret);
    EXPECT_NE(box.Seal(secret), sealed);
    if (secret.size() > 3) {
      EXPECT_EQ(sealed.find(secret), std::string::npos);
    }
  }
}

TEST(SecretBox, RefusesAnotherKeyAChangedTextAndWhatWasNeverSealed) {
  const SecretBox box = BoxWith('a');
  std::string sealed = box.Seal("whs_0123456789");
  EXPECT_EQ(BoxWith('b').Open(sealed), std::nullopt);
  sealed.back() = sealed.back() == '0' ? '1' : '0';
  EXPECT_EQ(box.Open(sealed), std::nullopt);
  for (const char* text : {"", "whs_0123456789", "sealed:", "sealed:zz", "sealed:0", "sealed:00"})
    EXPECT_EQ(box.Open(text), std::nullopt);
}

TEST(SecretBox, WantsAKeyOf64HexDigits) {
  for (const std::string& key : {std::string(), std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'g')}) {
    EXPECT_EQ(SecretBox::Create(key).status().code(), absl::StatusCode::kInvalidArgument) << key;
  }
}

}  // namespace
}  // namespace millwright::auth
