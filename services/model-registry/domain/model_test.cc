#include "model-registry/domain/model.h"

#include <gtest/gtest.h>

namespace millwright::registry {
namespace {

NewVersion Version() {
  return {.run_id = "r", .content_hash = "h", .files = {{.path = "models/main.ubj", .sha256 = std::string(64, 'a'), .size = 3}}};
}

TEST(ModelTest, NamesAreBoundedAndHoldNoPathCharacters) {
  EXPECT_TRUE(CheckModelName("pump failure 펌프").ok());
  for (const std::string& name :
       {std::string(), std::string("a/b"), std::string("a:b"), std::string(257, 'x'), std::string("a\0b", 3)}) {
    EXPECT_EQ(CheckModelName(name).code(), absl::StatusCode::kInvalidArgument) << name;
  }
}

TEST(ModelTest, AVersionNeedsSafePathsAndDigests) {
  EXPECT_TRUE(CheckNewVersion(Version()).ok());
  for (const std::string path : {"", "/etc/passwd", "../up", "a//b", "a/./b", "a/..", "..\\up", "%2e%2e/up", "file:up", "a\nb"}) {
    NewVersion version = Version();
    version.files[0].path = path;
    EXPECT_EQ(CheckNewVersion(version).code(), absl::StatusCode::kInvalidArgument) << path;
  }
  NewVersion version = Version();
  version.files[0].sha256 = "abc";
  EXPECT_EQ(CheckNewVersion(version).code(), absl::StatusCode::kInvalidArgument);
  version = Version();
  version.files.push_back(version.files[0]);
  EXPECT_EQ(CheckNewVersion(version).code(), absl::StatusCode::kInvalidArgument);
}

TEST(ModelTest, AVersionHasABundleOrASource) {
  EXPECT_TRUE(CheckNewVersion({.source = "s3://bucket/model"}).ok());
  EXPECT_EQ(CheckNewVersion({.run_id = "r"}).code(), absl::StatusCode::kInvalidArgument);
}

TEST(ModelTest, AliasesAreWordsThatDoNotReadAsVersions) {
  for (const char* alias : {"champion", "a-b_c", "v1x", "12"}) EXPECT_TRUE(CheckAlias(alias).ok()) << alias;
  for (const char* alias : {"", "latest", "LATEST", "v1", "V12", "a b", "a/b", "a.b"})
    EXPECT_EQ(CheckAlias(alias).code(), absl::StatusCode::kInvalidArgument) << alias;
}

TEST(ModelTest, StagesReadBackByName) {
  for (const Stage stage : {Stage::kNone, Stage::kStaging, Stage::kProduction, Stage::kArchived})
    EXPECT_EQ(StageOf(Name(stage)), stage);
  EXPECT_EQ(StageOf("production"), std::nullopt);
}

}  // namespace
}  // namespace millwright::registry
