#include "lib/mlflow/text.h"

#include <gtest/gtest.h>

namespace millwright::mlflow {
namespace {

TEST(MlflowTextTest, WritesTextsAsPythonDoes) {
  EXPECT_EQ(PythonJson("a$b"), "\"a$b\"");
  EXPECT_EQ(PythonJson("a\nb\"\\"), "\"a\\nb\\\"\\\\\"");
  EXPECT_EQ(PythonJson("a\u0301 \U0001F600"), "\"a\\u0301 \\ud83d\\ude00\"");
  EXPECT_EQ(PythonRepr("q\""), "'q\"'");
  EXPECT_EQ(PythonRepr("5'"), "\"5'\"");
  EXPECT_EQ(PythonRepr("'\""), "'\\'\"'");
  EXPECT_EQ(PythonRepr("é\n"), "'é\\n'");
  EXPECT_EQ(PythonList({"d", "e"}), "['d', 'e']");
}

TEST(MlflowTextTest, WritesNumbersAsPythonDoes) {
  EXPECT_EQ(PythonRepr(1.0), "1.0");
  EXPECT_EQ(PythonRepr(-0.5), "-0.5");
  EXPECT_EQ(PythonRepr(1.5e30), "1.5e+30");
  EXPECT_EQ(PythonRepr(1e-5), "1e-05");
  EXPECT_EQ(PythonRepr(1e16), "1e+16");
  EXPECT_EQ(PythonRepr(123456789012345.0), "123456789012345.0");
  EXPECT_EQ(PythonRepr(std::numeric_limits<double>::quiet_NaN()), "nan");
}

TEST(MlflowTextTest, NormalisesPathsAsPythonDoes) {
  EXPECT_EQ(NormalPath(""), ".");
  EXPECT_EQ(NormalPath("a//b"), "a/b");
  EXPECT_EQ(NormalPath("a/"), "a");
  EXPECT_EQ(NormalPath("../b"), "../b");
  EXPECT_EQ(NormalPath("a/../../b"), "../b");
  EXPECT_EQ(NormalPath("/../b"), "/b");
  EXPECT_EQ(NormalPath("//b"), "//b");
  EXPECT_EQ(NormalPath("///b"), "/b");
}

TEST(MlflowTextTest, KnowsLettersOfEveryScript) {
  for (const char* word : {"é ñ", "한글", "a²", "_x9", "温度"}) EXPECT_TRUE(HasOnlyWordCharactersAnd(" ", word)) << word;
  for (const char* other : {"a$", "a\nb", "a\u0301", "a’b", "a\u00A0b"}) EXPECT_FALSE(HasOnlyWordCharactersAnd(" ", other)) << other;
}

TEST(MlflowTextTest, CutsBetweenCharacters) {
  EXPECT_EQ(FirstCharacters("한글x", 2), "한글");
  EXPECT_EQ(FirstCharacters("ab", 5), "ab");
}

}  // namespace
}  // namespace millwright::mlflow
