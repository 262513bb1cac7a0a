#include "tracker/domain/mlflow_path.h"

#include <gtest/gtest.h>

namespace millwright::tracker {
namespace {

std::string Read(absl::string_view text) {
  const absl::StatusOr<std::string> path = ReadMlflowPath(text);
  return path.ok() ? *path : "! " + std::string(path.status().message());
}

TEST(MlflowPathTest, NamesOfAnyKindAreTakenAsTheyAreMeant) {
  EXPECT_EQ(Read("0/abc/artifacts/model/MLmodel"), "0/abc/artifacts/model/MLmodel");
  EXPECT_EQ(Read("a b/한글 파일.txt"), "a b/한글 파일.txt");
  EXPECT_EQ(Read("100%.txt"), "100%.txt");
  EXPECT_EQ(Read("50%-off/%zz"), "50%-off/%zz");
  EXPECT_EQ(Read("a%20b"), "a b");
  EXPECT_EQ(Read("a:b/c+d&e=f;g,h'i\"j"), "a:b/c+d&e=f;g,h'i\"j");
  EXPECT_EQ(Read("..hidden/x..y/..."), "..hidden/x..y/...");
  EXPECT_EQ(Read("what?/a*"), "what?/a*");
}

TEST(MlflowPathTest, RepeatedSlashesDotsAndTheLastSlashFallAway) {
  EXPECT_EQ(Read("a//b/./c/"), "a/b/c");
  EXPECT_EQ(Read(""), "");
  EXPECT_EQ(Read("."), "");
}

TEST(MlflowPathTest, ControlCharactersBecomeEscapes) {
  EXPECT_EQ(Read("a\nb"), "a%0ab");
  EXPECT_EQ(Read("a%0Ab"), "a%0ab");
  EXPECT_EQ(Read("a\x7f"), "a%7f");
  EXPECT_EQ(Read("a%00b"), "a%00b");
  EXPECT_EQ(Read("a%2500b"), "a%00b");
  EXPECT_EQ(Read(absl::string_view("a\0b", 3)), "a%00b");
}

TEST(MlflowPathTest, BytesThatAreNoTextAreReplaced) {
  EXPECT_EQ(Read("%ff"), "\xef\xbf\xbd");
  EXPECT_EQ(Read("%c0%ae%c0%ae/x"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd/x");
  EXPECT_EQ(Read("%e2%82%ac%e2%82"), "\u20ac\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(MlflowPathTest, WhatWasGivenIsKeptForMessages) {
  const MlflowPath path = *ParseMlflowPath("a//b/%2e/c/");
  EXPECT_EQ(path.given, "a//b/./c/");
  EXPECT_EQ(path.kept, "a/b/c");
}

TEST(MlflowPathTest, WhatIsWrittenIsFoundAgain) {
  for (const char* name : {"100%.txt", "a%20b", "a\nb", "%e2%82%ac", "x%2520y"}) {
    const std::string once = Read(name);
    EXPECT_EQ(Read(once), once) << name;
  }
}

TEST(MlflowPathTest, EveryFormThatCouldLeadOutIsRefused) {
  for (const char* path : {"..",
                           "../x",
                           "a/../b",
                           "a/..",
                           "/etc/passwd",
                           "//etc/passwd",
                           "%2e%2e/x",
                           "a/%2E%2e/b",
                           "%252e%252e/x",
                           "%25252e%25252e%25252fx",
                           "..%2fx",
                           "a/..%2f..%2fx",
                           "%2fetc/passwd",
                           "%252fetc/passwd",
                           "a\\b",
                           "..\\x",
                           "%5c..%5cx",
                           "C:/x",
                           "c:",
                           "C%3A/x",
                           "file:/etc/passwd",
                           "file:///etc/passwd",
                           "FILE:etc",
                           "a#b",
                           "#/../../etc",
                           "a%23b",
                           "%25252525252525252525252525252525e2"}) {
    EXPECT_EQ(Read(path), "! Invalid path") << path;
  }
  EXPECT_EQ(Read(std::string(2001, 'a')), "! Invalid path");
}

TEST(ArtifactLocationTest, AnArtifactUriNamesAPlaceInTheTree) {
  EXPECT_EQ(*PathOfLocation("mlflow-artifacts:/0/run/artifacts"), "0/run/artifacts");
  EXPECT_EQ(*PathOfLocation("mlflow-artifacts://host:5000/0/run/artifacts"), "0/run/artifacts");
  EXPECT_EQ(*PathOfLocation("mlflow-artifacts:/"), "");
  EXPECT_TRUE(absl::IsNotFound(PathOfLocation("s3://bucket/x").status()));
  EXPECT_TRUE(absl::IsNotFound(PathOfLocation("/tmp/x").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(PathOfLocation("mlflow-artifacts:/a/../b").status()));
}

TEST(ArtifactLocationTest, RunsAndModelsAreRootsOfTheirOwn) {
  const ArtifactLocation run = *ReadLocation("runs:/0af/model/x");
  EXPECT_EQ(run.root.kind, ArtifactRoot::Kind::kRun);
  EXPECT_EQ(run.root.id, "0af");
  EXPECT_EQ(run.path, "model/x");
  const ArtifactLocation model = *ReadLocation("models:/m-0af");
  EXPECT_EQ(model.root.kind, ArtifactRoot::Kind::kLoggedModel);
  EXPECT_EQ(model.root.id, "m-0af");
  EXPECT_EQ(model.path, "");
  EXPECT_EQ(ReadLocation("mlflow-artifacts:/0/run")->path, "0/run");
  EXPECT_TRUE(absl::IsNotFound(ReadLocation("models:/churn/7").status()));
}

}  // namespace
}  // namespace millwright::tracker
