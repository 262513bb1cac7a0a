#include "lib/base/files.h"

#include <gtest/gtest.h>

namespace millwright::base {
namespace {

TEST(FilesTest, ReadsBackWhatItWrote) {
  const auto path = std::filesystem::path(testing::TempDir()) / "files_test.txt";
  ASSERT_TRUE(WriteFileAtomically(path, "one").ok());
  ASSERT_TRUE(WriteFileAtomically(path, "two").ok());
  EXPECT_EQ(ReadFile(path).value(), "two");
  std::filesystem::remove(path);
}

TEST(FilesTest, AMissingFileIsNotFoundAndNamed) {
  const absl::Status status = ReadFile("/nowhere/at/all").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(status.message().find("/nowhere/at/all"), std::string::npos);
}

TEST(FilesTest, AFileOverTheBoundIsRefused) {
  const auto path = std::filesystem::path(testing::TempDir()) / "files_bound.txt";
  ASSERT_TRUE(WriteFileAtomically(path, std::string(1000, 'x')).ok());
  EXPECT_EQ(ReadFile(path, 999).status().code(), absl::StatusCode::kResourceExhausted);
  std::filesystem::remove(path);
}

TEST(FilesTest, AFullDiskIsResourceExhausted) {
  EXPECT_EQ(ErrnoStatus(ENOSPC, "x").code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace millwright::base
