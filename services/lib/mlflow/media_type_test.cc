#include "lib/mlflow/media_type.h"

#include <gtest/gtest.h>

namespace millwright::mlflow {
namespace {

TEST(MediaTypeTest, OnlyTheNameDecides) {
  EXPECT_EQ(MediaTypeOf("model/MLmodel"), "text/plain");
  EXPECT_EQ(MediaTypeOf("a/plot.PNG"), "image/png");
  EXPECT_EQ(MediaTypeOf("model.ubj"), "application/octet-stream");
  EXPECT_EQ(MediaTypeOf("x.tar.gz"), "application/x-tar");
  EXPECT_EQ(MediaTypeOf("x.tgz"), "application/x-tar");
  EXPECT_EQ(MediaTypeOf("x.gz"), "application/octet-stream");
  EXPECT_EQ(MediaTypeOf("a.png/data"), "application/octet-stream");
  EXPECT_EQ(MediaTypeOf(""), "application/octet-stream");
}

}  // namespace
}  // namespace millwright::mlflow
