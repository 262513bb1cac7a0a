#include "lib/learn/table/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <chrono>
#include <cmath>

#include "lib/learn/table/korean.h"
#include "lib/learn/table/timestamp.h"
#include "lib/learn/testing.h"

namespace millwright::learn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Table Read(std::string_view text, const nlohmann::json& options = nullptr) {
  absl::StatusOr<Table> table = ReadCsvText(text, "f.csv", ParseCsvOptions(options).value());
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *std::move(table) : Table();
}

std::string ErrorOf(std::string_view text, const nlohmann::json& options = nullptr) {
  const absl::StatusOr<Table> table = ReadCsvText(text, "f.csv", ParseCsvOptions(options).value());
  EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument) << table.status();
  return std::string(table.status().message());
}

TEST(CsvTest, ReadsHeaderNumbersTextsAndMissingCells) {
  const Table table = Read("name,a,b\nx,1.5,\ny,NaN,-2e3\nz,,+3\n");
  EXPECT_THAT(table.Find("name")->texts, ElementsAre("x", "y", "z"));
  EXPECT_EQ(table.Find("a")->numbers[0], 1.5);
  EXPECT_TRUE(std::isnan(table.Find("a")->numbers[1]));
  EXPECT_TRUE(std::isnan(table.Find("b")->numbers[0]));
  EXPECT_EQ(table.Find("b")->numbers[1], -2000);
  EXPECT_EQ(table.Find("b")->numbers[2], 3);
}

TEST(CsvTest, FindsEveryDelimiterAndSurvivesBomCrLfAndMissingLastLineEnd) {
  for (const char* text : {"\xef\xbb\xbf"
                           "a,b\r\n1,2\r\n3,4",
                           "a;b\n1;2\n3;4\n", "a\tb\n1\t2\n3\t4\n", "a  b \n 1   2  \n3 4  \n\n"}) {
    const Table table = Read(text);
    ASSERT_EQ(table.columns().size(), 2u) << text;
    EXPECT_THAT(table.Find("a")->numbers, ElementsAre(1, 3)) << text;
    EXPECT_THAT(table.Find("b")->numbers, ElementsAre(2, 4)) << text;
  }
}

TEST(CsvTest, NamesColumnsOfAFileWithoutHeader) {
  EXPECT_NE(Read("1,2\n3,4\n").Find("c2"), nullptr);
  const Table table =
      Read("7 1\n8 2\n",
           {{"delimiter", " "}, {"header", false}, {"columns", {{{"name", "unit"}, {"role", "asset"}}, {{"name", "x"}}}}});
  EXPECT_THAT(table.Find("unit")->texts, ElementsAre("7", "8"));
  EXPECT_THAT(table.Find("x")->numbers, ElementsAre(1, 2));
}

TEST(CsvTest, QuotesHoldDelimitersQuotesAndLineEnds) {
  const Table table = Read("name,v\n\"a, \"\"b\"\"\nc\",1\n\"d\",2\n");
  EXPECT_THAT(table.Find("name")->texts, ElementsAre("a, \"b\"\nc", "d"));
  EXPECT_THAT(Read(WriteCsv(table)).Find("name")->texts, ElementsAre("a, \"b\"\nc", "d"));
}

TEST(CsvTest, ReadsKoreanTextInBothEncodings) {
  const std::string cp949 = "\xc0\xcc\xb8\xa7,v\n\xc6\xdf\xc7\xc1,1\n";  // 이름, 펌프
  const Table detected = Read(cp949);
  EXPECT_THAT(detected.Find("이름")->texts, ElementsAre("펌프"));
  EXPECT_THAT(Read("이름,v\n펌프,1\n").Find("이름")->texts, ElementsAre("펌프"));
  EXPECT_THAT(ErrorOf(cp949, {{"encoding", "utf-8"}}), HasSubstr("not UTF-8"));
}

TEST(CsvTest, TimesBecomeSeconds) {
  const Table table = Read("t,v\n2024-01-01T00:00:00Z,1\n2024-01-01 09:00:30+09:00,2\n", {{"roles", {{"t", "time"}}}});
  EXPECT_THAT(table.Find("t")->numbers, ElementsAre(1704067200, 1704067230));
  EXPECT_THAT(ErrorOf("t,v\n2024-01-01,1\n2024-13-01,2\n", {{"columns", {{{"name", "t"}, {"type", "time"}}}}}),
              HasSubstr("row 3, column \"t\": \"2024-13-01\" is not a time"));
  EXPECT_EQ(FormatTimestamp(1704067230.25), "2024-01-01T00:00:30.25Z");
  EXPECT_EQ(ParseTimestamp("2024-02-30"), std::nullopt);
}

TEST(CsvTest, ReadsGzipAndRefusesABrokenOne) {
  const std::string plain = "a,b\n1,2\n3,4\n";
  std::string packed(1000, '\0');
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  EXPECT_THAT(Read(packed).Find("b")->numbers, ElementsAre(2, 4));
  EXPECT_THAT(ErrorOf(std::string_view(packed).substr(0, packed.size() - 10)), HasSubstr("f.csv: the gzip data is cut off"));
  packed[15] = static_cast<char>(packed[15] ^ 0x55);
  EXPECT_THAT(ErrorOf(packed), HasSubstr("f.csv"));
}

TEST(CsvTest, TextInANumberColumnIsNamed) {
  EXPECT_EQ(ErrorOf("a,pressure\n1,2\n3,abc\n5,6\n"),
            "f.csv: row 3, column \"pressure\": \"abc\" is not a number (leave the cell empty where the value is missing)");
  EXPECT_THAT(ErrorOf("a\nabc\n", {{"columns", {{{"name", "a"}, {"type", "number"}}}}}),
              HasSubstr("row 2, column \"a\": \"abc\""));
  EXPECT_THAT(ErrorOf("a,b\n1,2\n2,3\n3,1e999\n"), HasSubstr("\"1e999\" is not a number"));
  const std::string message = ErrorOf("a,b\n1,2\n2,3\n3," + std::string(5000, 'x') + "\n");
  EXPECT_LT(message.size(), 250u);
}

TEST(CsvTest, AMissingColumnIsNamedWithThoseThatAreThere) {
  EXPECT_EQ(ErrorOf("a,b\n1,2\n", {{"columns", {{{"name", "speed"}}}}}),
            "f.csv: row 1: the header has no column \"speed\"; it has a, b");
  EXPECT_THAT(ErrorOf("a,b\n1,2\n", {{"roles", {{"clock", "time"}}}}), HasSubstr("no column \"clock\""));
  EXPECT_EQ(Read("a,b\n1,2\n", {{"columns", {{{"name", "speed"}, {"optional", true}}}}}).columns().size(), 2u);
}

TEST(CsvTest, RaggedEmptyAndDoubledInputIsRefused) {
  EXPECT_EQ(ErrorOf("a,b\n1,2\n3\n"), "f.csv: row 3: has 1 cells and must have 2 as the first row; it begins \"3\"");
  EXPECT_THAT(ErrorOf("a,b\n1,2\n3,4,5\n"), HasSubstr("row 3: has 3 cells and must have 2"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("f.csv: the file is empty"));
  EXPECT_THAT(ErrorOf("\n\n"), HasSubstr("the file is empty"));
  EXPECT_THAT(ErrorOf("a,b\n"), HasSubstr("there is a header and no data"));
  EXPECT_THAT(ErrorOf("a,a\n1,2\n"), HasSubstr("the column \"a\" twice"));
  EXPECT_THAT(ErrorOf(std::string_view("a,b\n1,\0002\n", 9)), HasSubstr("row 2: has a NUL byte"));
  EXPECT_THAT(ErrorOf("a,b\n\"x,1\n"), HasSubstr("quote"));
  EXPECT_THAT(ErrorOf("\xff\xfe"
                      "a,b"),
              HasSubstr("UTF-16"));
  EXPECT_EQ(ReadCsvFile("/no/such.csv", {}).status().code(), absl::StatusCode::kNotFound);
}

/// A gigabyte without a line end, and a count of what was asked for.
class EndlessLine : public ByteSource {
 public:
  absl::StatusOr<std::size_t> Read(std::span<char> into) override {
    std::fill(into.begin(), into.end(), '1');
    given += into.size();
    return given > (std::size_t{1} << 30) ? 0 : into.size();
  }
  std::size_t given = 0;
};

TEST(CsvTest, AnAssetHasOneRowPerTime) {
  const nlohmann::json roles{{"roles", {{"unit", "asset"}, {"hour", "time"}}}};
  EXPECT_EQ(
      ErrorOf("unit,hour,x\n\na,1,3.5\nb,1,3\na,2,4\na,1,3.7\n", roles),
      "f.csv: row 6: asset \"a\" has a row at hour 1 already, row 3 (x is 3.5 there and 3.7 here); an asset has one row per "
      "time");
  EXPECT_THAT(ErrorOf("unit,hour,x\n7,1,\n7,1,\n", roles), HasSubstr("row 3: asset \"7\" has a row at hour 1 already, row 2 (the "
                                                                     "rows are equal)"));
  EXPECT_THAT(ErrorOf("unit,hour,x\na,2024-05-01T02:30:00Z,1\na,2024-05-01T02:30:00Z,2\n", roles),
              HasSubstr("has a row at hour 2024-05-01T02:30:00+00:00 already, row 2"));
  // Out of order is no fault, nor are rows without a time or an asset column.
  EXPECT_EQ(Read("unit,hour,x\na,2,1\nb,2,1\na,1,1\na,,1\na,,1\n", roles).rows(), 5u);
  EXPECT_EQ(Read("hour,x\n1,1\n1,1\n", {{"roles", {{"hour", "time"}}}}).rows(), 2u);
}

TEST(CsvTest, AGigabyteLineIsRefusedEarly) {
  EndlessLine source;
  const absl::Status status = ReadCsv(source, "big.csv", {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("big.csv: row 1: the line is longer than 1048576 bytes"));
  EXPECT_LT(source.given, std::size_t{4} << 20);
}

TEST(CsvTest, UnknownOptionsAreNamed) {
  EXPECT_THAT(std::string(ParseCsvOptions({{"delimeter", ","}}).status().message()), HasSubstr("csv.delimeter: unknown key"));
  EXPECT_THAT(std::string(ParseCsvOptions({{"columns", {{{"name", "a"}, {"role", "assets"}}}}}).status().message()),
              HasSubstr("csv.columns[0].role"));
  EXPECT_THAT(std::string(ParseCsvOptions(5).status().message()), HasSubstr("csv: 5 must be an object"));
}

// How fast is printed and not judged: machines are shared.
TEST(CsvTest, ReadsMillionsOfNumbersExactly) {
  constexpr std::size_t kRows = 500'000;
  std::string text = "a,b,c,d,e,f\n";
  for (std::size_t i = 0; i < kRows; ++i) text += "1.2345,-17.25,1000.125,0.003,99.5,12345\n";
  const auto begin = std::chrono::steady_clock::now();
  const Table table = Read(text);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::cout << "CSV " << static_cast<double>(text.size()) / 1e6 / seconds << " MB/s\n";
  ASSERT_EQ(table.rows(), kRows);
  const double expected[] = {1.2345, -17.25, 1000.125, 0.003, 99.5, 12345};
  for (std::size_t column = 0; column < 6; ++column) {
    EXPECT_THAT(table.columns()[column].numbers, testing::Each(expected[column])) << "column " << column;
  }
}

}  // namespace
}  // namespace millwright::learn
