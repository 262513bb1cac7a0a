#include "tracker/domain/artifact.h"

#include <gtest/gtest.h>

namespace millwright::tracker {
namespace {

TEST(ArtifactPathTest, PlainRelativePathsAreAccepted) {
  for (const char* path :
       {"model.ubj", "model/MLmodel", "a b/한글.txt", "plots/loss#2.png", "100%.txt", "..hidden/x", "a/b:c", ".env"}) {
    EXPECT_TRUE(CheckArtifactPath(path).ok()) << path;
  }
  EXPECT_TRUE(CheckArtifactPath(std::string(1000, 'a')).ok());
}

TEST(ArtifactPathTest, EveryFormThatCouldLeadOutIsRefused) {
  for (const char* path : {"",
                           "/etc/passwd",
                           "..",
                           "../x",
                           "a/../b",
                           "a/..",
                           "./a",
                           "a/.",
                           "a//b",
                           "a/",
                           "a\\b",
                           "..\\x",
                           "%2e%2e/x",
                           "a/%2E%2e/b",
                           "a%2fb",
                           "%252e%252e/x",
                           "a%5cb",
                           "a%00b",
                           "file:/etc/passwd",
                           "file:etc",
                           "C:/x",
                           "a\nb",
                           "a\x7f"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(CheckArtifactPath(path))) << path;
  }
  EXPECT_FALSE(CheckArtifactPath(absl::string_view("a\0b", 3)).ok());
  EXPECT_FALSE(CheckArtifactPath(std::string(1001, 'a')).ok());
}

TEST(ArtifactPathTest, TheMessageNamesFieldValueAndWhatWouldBeRight) {
  EXPECT_EQ(CheckArtifactPath("a/../b").message(),
            "path: \"a/../b\" has a part \".\" or \"..\"; an artifact's path is like \"model/model.ubj\"");
}

TEST(ArtifactPathTest, AStoredNameMayLookLikeAScheme) {
  EXPECT_TRUE(CheckStoredPath("a:b/c").ok());
  EXPECT_FALSE(CheckStoredPath("a/../b").ok());
  EXPECT_FALSE(CheckStoredPath("").ok());
}

TEST(Sha256FieldTest, OnlySixtyFourLowerCaseHexDigitsAreOne) {
  EXPECT_TRUE(CheckSha256("sha256", std::string(64, 'a')).ok());
  EXPECT_FALSE(CheckSha256("sha256", std::string(64, 'A')).ok());
  EXPECT_FALSE(CheckSha256("sha256", std::string(63, 'a')).ok());
  EXPECT_FALSE(CheckSha256("sha256", "").ok());
}

}  // namespace
}  // namespace millwright::tracker
