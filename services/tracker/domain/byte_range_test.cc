#include "tracker/domain/byte_range.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace millwright::tracker {
namespace {

// "offset+size", "all", or "beyond".
std::string Read(absl::string_view header, std::uint64_t size) {
  const auto range = ReadRange(header, size);
  if (!range.ok()) return absl::IsOutOfRange(range.status()) ? "beyond" : range.status().ToString();
  return *range ? absl::StrCat((*range)->offset, "+", (*range)->size) : "all";
}

TEST(ByteRangeTest, ARangeIsCutAtTheEnd) {
  EXPECT_EQ(Read("bytes=0-0", 10), "0+1");
  EXPECT_EQ(Read("bytes=2-5", 10), "2+4");
  EXPECT_EQ(Read("bytes=2-99", 10), "2+8");
  EXPECT_EQ(Read("bytes=9-", 10), "9+1");
  EXPECT_EQ(Read("Bytes= 0-18446744073709551615", 10), "0+10");
}

TEST(ByteRangeTest, TheLastBytesMayBeAskedFor) {
  EXPECT_EQ(Read("bytes=-3", 10), "7+3");
  EXPECT_EQ(Read("bytes=-30", 10), "0+10");
}

TEST(ByteRangeTest, ARangeWithoutAByteOfTheFileIsBeyond) {
  EXPECT_EQ(Read("bytes=10-", 10), "beyond");
  EXPECT_EQ(Read("bytes=10-20", 10), "beyond");
  EXPECT_EQ(Read("bytes=-0", 10), "beyond");
  EXPECT_EQ(Read("bytes=0-", 0), "beyond");
}

TEST(ByteRangeTest, WhatIsNoSingleRangeMeansAll) {
  for (const char* header : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=0-1,3-4", "items=0-1",
                             "bytes=0x1-2", "bytes=99999999999999999999-", "bytes=+1-2"}) {
    EXPECT_EQ(Read(header, 10), "all") << header;
  }
}

}  // namespace
}  // namespace millwright::tracker
