#include "lib/mlflow/content_disposition.h"

#include <gtest/gtest.h>

namespace millwright::mlflow {
namespace {

TEST(ContentDispositionTest, ThePlainNameIsATokenAndTheRestIsQuoted) {
  EXPECT_EQ(AttachmentNamed("model/model.ubj"), "attachment; filename=model.ubj");
  EXPECT_EQ(AttachmentNamed("a b.txt"), "attachment; filename=\"a b.txt\"");
  EXPECT_EQ(AttachmentNamed("a;b\"c.txt"), "attachment; filename=\"a;b\\\"c.txt\"");
}

TEST(ContentDispositionTest, NamesBeyondAsciiHaveAFallBack) {
  EXPECT_EQ(AttachmentNamed("보고서 1.txt"),
            "attachment; filename=\" 1.txt\"; filename*=UTF-8''%EB%B3%B4%EA%B3%A0%EC%84%9C%201.txt");
  EXPECT_EQ(AttachmentNamed("日本"), "attachment; filename=download; filename*=UTF-8''%E6%97%A5%E6%9C%AC");
}

TEST(ContentDispositionTest, NothingInANameEndsTheHeader) {
  EXPECT_EQ(AttachmentNamed("a\r\nSet-Cookie: x"), "attachment; filename=\"a__Set-Cookie: x\"");
}

}  // namespace
}  // namespace millwright::mlflow
