#include <gtest/gtest.h>

#include <limits>

#include "lib/pg/database.h"

namespace millwright::pg {
namespace {

TEST(ParamTest, DoublesAreTheShortestTextThatReadsBackTheSame) {
  EXPECT_EQ(*Param(0.1).text(), "0.1");
  EXPECT_EQ(*Param(std::numeric_limits<double>::quiet_NaN()).text(), "NaN");
  EXPECT_EQ(*Param(-std::numeric_limits<double>::infinity()).text(), "-Infinity");
}

TEST(ParamTest, ListsQuoteWhatTheArraySyntaxWouldRead) {
  EXPECT_EQ(*Param(std::vector<std::string>{"a", "b,\"c\\", ""}).text(), R"({"a","b,\"c\\",""})");
  EXPECT_EQ(*Param(std::vector<std::int64_t>{1, -2}).text(), "{1,-2}");
}

TEST(ParamTest, AbsentIsNull) {
  EXPECT_FALSE(Param(std::optional<double>()).text().has_value());
  EXPECT_FALSE(Param(std::nullopt).text().has_value());
}

TEST(ParamTest, TimeIsUtcInMicroseconds) {
  EXPECT_EQ(*Param(absl::FromUnixMicros(1'500'000)).text(), "1970-01-01 00:00:01.500000+00");
}

}  // namespace
}  // namespace millwright::pg
