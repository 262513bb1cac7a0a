#include "lib/base/utf8.h"

#include <gtest/gtest.h>

namespace millwright::base {
namespace {

TEST(Utf8Test, WellFormedTextOnly) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("a\xed\x8e\x8c\xf0\x9f\x98\x80"));
  EXPECT_TRUE(IsUtf8(std::string("a\0b", 3)));
  for (const char* bad : {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xff", "\xe3\x81",
                          "\xe3\x81z", "\x80", "펌프\xed"})
    EXPECT_FALSE(IsUtf8(bad)) << bad;
}

TEST(Utf8Test, CountsCharactersNotBytes) {
  EXPECT_EQ(CountCharacters(""), 0u);
  EXPECT_EQ(CountCharacters("펌프 7 😀"), 6u);
}

TEST(Utf8Test, CutsBetweenCharacters) {
  EXPECT_EQ(Utf8Prefix("펌프", 6), "펌프");
  EXPECT_EQ(Utf8Prefix("펌프", 5), "펌");
  EXPECT_EQ(Utf8Prefix("펌프", 3), "펌");
  EXPECT_EQ(Utf8Prefix("펌프", 2), "");
  EXPECT_EQ(Utf8Prefix("abc", 2), "ab");
}

TEST(Utf8Test, AnExcerptIsOneLineWhateverWasQuoted) {
  EXPECT_EQ(Utf8Excerpt("a\nb\x7f\xff펌", 100), "a?b??펌");
  EXPECT_EQ(Utf8Excerpt("펌프", 5), "펌");
  EXPECT_TRUE(IsUtf8(Utf8Excerpt("\xed\x8e", 100)));
}

TEST(Utf8Test, FindsControlCharacters) {
  EXPECT_FALSE(HasControlCharacter("펌프 line-1 é\xc2\xa0"));
  for (const char* text : {"a\nb", "\t", "x\x7f", "\xc2\x85", "\x1b[31m"}) EXPECT_TRUE(HasControlCharacter(text));
  EXPECT_TRUE(HasControlCharacter(std::string("a\0b", 3)));
}

}  // namespace
}  // namespace millwright::base
