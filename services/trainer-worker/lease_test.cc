#include "trainer-worker/lease.h"

#include <gtest/gtest.h>

#include "lib/base/utf8.h"

namespace millwright::trainer {
namespace {

TEST(FailureTextTest, IsUtf8WhateverWasCutOrQuoted) {
  EXPECT_EQ(FailureText("first line\nsecond: 펌프"), "first line\nsecond: 펌프");
  EXPECT_EQ(FailureText("name is \"펌\xED\x94…\""), "name is \"펌??…\"");
  std::string longer = "x";
  while (longer.size() < 5000) longer += "펌";
  EXPECT_TRUE(base::IsUtf8(FailureText(longer)));
  EXPECT_LE(FailureText(longer).size(), 4000u);
  EXPECT_GT(FailureText(longer).size(), 3990u);
}

}  // namespace
}  // namespace millwright::trainer
