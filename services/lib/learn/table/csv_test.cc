#include "lib/learn/table/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>

#include "lib/learn/table/encoding.h"
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
                           "a;b\n1;2\n3;4\n", "a|b\n1|2\n3|4\n", "a\tb\n1\t2\n3\t4\n", "a  b \n 1   2  \n3 4  \n\n"}) {
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

TEST(CsvTest, ATimeHasAZoneInManyForms) {
  for (const char* text : {"2024-05-01 10:00:00 UTC", "2024-05-01T10:00:00 GMT", "2024-05-01T15:30:00+0530",
                           "2024-05-01T15:30:00.000000000+05:30"}) {
    EXPECT_EQ(ParseTimestamp(text), 1714557600) << text;
  }
  EXPECT_EQ(ParseTimestamp("2024-05-01 10:00:00 UT"), std::nullopt);
  EXPECT_THAT(ErrorOf("t,v\n01.05.2024 00:00,1\n", {{"roles", {{"t", "time"}}}}),
              HasSubstr("\"01.05.2024 00:00\" is neither a number nor a time (ISO-8601 such as 2024-05-01T12:30:00Z is read)"));
}

TEST(CsvTest, DecimalCommasAreFoundWhereCommasDoNotSeparateCells) {
  const Table table = Read("t;n;x\n1;7;20,00\n2;8;-0,5\n3;9;21\n");
  EXPECT_THAT(table.Find("x")->numbers, ElementsAre(20, -0.5, 21));
  EXPECT_THAT(table.Find("n")->numbers, ElementsAre(7, 8, 9));
  EXPECT_THAT(Read("1;20,5\n2;21,5\n").Find("c2")->numbers, ElementsAre(20.5, 21.5));
  EXPECT_THAT(Read("a,b\n1,\"2,5\"\n", {{"decimal", ","}}).Find("b")->numbers, ElementsAre(2.5));
  // A column of points keeps them, and neither sign means thousands.
  EXPECT_THAT(Read("a;b\n1,5;2.5\n2,5;3.5\n").Find("b")->numbers, ElementsAre(2.5, 3.5));
  EXPECT_THAT(ErrorOf("a;b\n1;1,5\n2;2,5\n3;1.234\n", {{"decimal", ","}}),
              HasSubstr("\"1.234\" is not a number with a decimal comma"));
  EXPECT_THAT(ErrorOf("t;count\n1;1,200\n2;950\n3;990\n"), HasSubstr("\"1,200\""));
  EXPECT_THAT(Read("t;count\n1;1,200\n2;950\n3;2,5\n").Find("count")->numbers, ElementsAre(1.2, 950, 2.5));
  EXPECT_THAT(ErrorOf("a,b\n1,1\n2,2\n3,\"3,5\"\n"), HasSubstr("decimal: \",\" reads a decimal comma"));
  EXPECT_THAT(ErrorOf("a,b\n1,1\n2,2\n3,\"1,234.5\"\n"), HasSubstr("thousands have no separator"));
}

TEST(CsvTest, WesternTextIsNotTakenForKorean) {
  EXPECT_NE(Read("zeit,gr\xf6\xdf"
                 "e\n1,2\n")
                .Find("größe"),
            nullptr);
  EXPECT_NE(Read("t,temp \xb0"
                 "C\n1,2\n")
                .Find("temp °C"),
            nullptr);
  EXPECT_NE(Read("t,temp \xb0"
                 "C\n1,2\n",
                 {{"encoding", "windows-1252"}})
                .Find("temp °C"),
            nullptr);
}

TEST(CsvTest, LinesThatEndWithACarriageReturnAloneAreRefused) {
  EXPECT_EQ(ErrorOf("a,b\r1,2\r3,4\r"),
            "f.csv: its lines end with a carriage return alone; save it with the line ends of Unix or Windows");
}

TEST(CsvTest, LabelsMayBeYesAndNo) {
  const nlohmann::json options{{"roles", {{"failed", "label"}}}};
  EXPECT_THAT(Read("x,failed\n1,No\n2,YES\n3,no\n", options).Find("failed")->numbers, ElementsAre(0, 1, 0));
  EXPECT_THAT(Read("x,failed\n1,false\n2,true\n", {{"columns", {{{"name", "failed"}, {"role", "label"}, {"type", "number"}}}}})
                  .Find("failed")
                  ->numbers,
              ElementsAre(0, 1));
  EXPECT_THAT(Read("x,failed\n1,bearing\n2,seal\n", options).Find("failed")->texts, ElementsAre("bearing", "seal"));
  EXPECT_THAT(ErrorOf("x,failed\n1,0\n2,0\n3,bad\n", options), HasSubstr("\"bad\" is not a number, nor yes or no"));
}

TEST(CsvTest, ASensorThatIsReadAsTextIsWarnedOf) {
  TempFolder folder;
  std::ofstream(folder.path() / "f.csv") << "a,b,c\n1,\"1,234.5\",inf\n2,\"2,345.6\",3\n3,1,-inf\n";
  const std::vector<CsvFile> files{{.name = "f.csv", .path = folder.path() / "f.csv"}};
  const CsvDataset dataset = ReadCsvFiles(files, {}, folder.path() / "t.mwt").value();
  ASSERT_EQ(dataset.warnings.size(), 2u);
  EXPECT_THAT(dataset.warnings[0], HasSubstr("f.csv: column \"b\" is read as text: \"1,234.5\" in row 2 is not a number"));
  EXPECT_THAT(dataset.warnings[1], HasSubstr("column \"c\" is read as text: \"inf\" in row 2"));
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
      "time; set the format's duplicates to first, last or drop_equal to keep one of them");
  EXPECT_THAT(ErrorOf("unit,hour,x\n7,1,\n7,1,\n", roles), HasSubstr("row 3: asset \"7\" has a row at hour 1 already, row 2 (the "
                                                                     "rows are equal)"));
  EXPECT_THAT(ErrorOf("unit,hour,x\na,2024-05-01T02:30:00Z,1\na,2024-05-01T02:30:00Z,2\n", roles),
              HasSubstr("has a row at hour 2024-05-01T02:30:00Z already, row 2"));
  // Out of order is no fault, nor are rows without a time.
  EXPECT_EQ(Read("unit,hour,x\na,2,1\nb,2,1\na,1,1\na,,1\na,,1\n", roles).rows(), 5u);
}

TEST(CsvTest, ATableWithoutAnAssetColumnIsOfOneAsset) {
  const auto options = [](const char* rule) { return nlohmann::json{{"roles", {{"at", "time"}}}, {"duplicates", rule}}; };
  const std::string text = "at,x\n2024-01-01 00:00:00,1\n2024-01-01 00:05:00,2\n2024-01-01 00:00:00,3\n";
  EXPECT_EQ(ErrorOf(text, {{"roles", {{"at", "time"}}}}),
            "f.csv: row 4: there is a row at at 2024-01-01T00:00:00Z already, row 2 (x is 1 there and 3 here); an asset has one "
            "row per time (without a column of role asset all rows are of one); set the format's duplicates to first, last or "
            "drop_equal to "
            "keep one of them");
  EXPECT_THAT(Read(text, options("first")).Find("x")->numbers, ElementsAre(1, 2));
  EXPECT_THAT(Read(text, options("last")).Find("x")->numbers, ElementsAre(2, 3));
  EXPECT_EQ(Read(text, options("keep")).rows(), 3u);
  EXPECT_EQ(Read("at,x\n1,1\n1,1\n", options("drop_equal")).rows(), 1u);
}

TEST(CsvTest, RepeatedTimesOfARealSeriesAreNamedOrDropped) {
  const std::filesystem::path file = DataFolder() / "nab/realKnownCause/machine_temperature_system_failure.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no nab in " << DataFolder();
  const auto read = [&](const char* rule) {
    return ReadCsvFile(file, ParseCsvOptions({{"roles", {{"timestamp", "time"}}}, {"duplicates", rule}}).value());
  };
  EXPECT_THAT(std::string(read("refuse").status().message()),
              HasSubstr(": row 10151: there is a row at timestamp 2014-01-07T02:00:00Z already, row 10139 (value is"));
  EXPECT_EQ(read("first").value().rows(), 22'683u);
}

TEST(CsvTest, RepeatedRowsFollowTheRule) {
  const std::string text = "unit,hour,x\na,1,3\na,2,4\na,1,3\na,2,5\n";
  const auto options = [](const char* rule) {
    return nlohmann::json{{"roles", {{"unit", "asset"}, {"hour", "time"}}}, {"duplicates", rule}};
  };
  EXPECT_THAT(Read(text, options("first")).Find("x")->numbers, ElementsAre(3, 4));
  EXPECT_THAT(Read(text, options("last")).Find("x")->numbers, ElementsAre(3, 5));
  EXPECT_EQ(Read(text, options("keep")).rows(), 4u);
  EXPECT_THAT(ErrorOf(text, options("drop_equal")), HasSubstr("row 5: asset \"a\" has a row at hour 2 already, row 3 (x is 4"));
  EXPECT_THAT(Read("unit,hour,x\na,1,3\na,1,3\nb,1,3\n", options("drop_equal")).Find("unit")->texts, ElementsAre("a", "b"));
  const nlohmann::json no_asset{{"roles", {{"hour", "time"}}}, {"duplicates", "first"}};
  EXPECT_THAT(Read("hour,x\n1,3\n2,4\n1,5\n", no_asset).Find("x")->numbers, ElementsAre(3, 4));
  EXPECT_THAT(ErrorOf("hour,x\n1,3\n1,4\n", {{"roles", {{"hour", "time"}}}, {"duplicates", "drop_equal"}}),
              HasSubstr("row 3: there is a row at hour 1 already, row 2 (x is 3"));
  EXPECT_THAT(std::string(ParseCsvOptions({{"duplicates", "all"}}).status().message()), HasSubstr("drop_equal"));
}

TEST(CsvTest, AChunkOfTheFileIsNoBorder) {
  // Some megabytes with quotes over line ends, blank lines and texts, so that chunks end everywhere.
  std::string text = "name,n,note\n";
  for (int i = 0; i < 150'000; ++i) {
    text += "asset" + std::to_string(i / 1000) + "," + std::to_string(i) + ".25,";
    text += i % 7 == 0 ? "\"two\nlines, " + std::to_string(i) + "\"\n" : i % 11 == 0 ? "\n\n" : "plain\n";
  }
  const Table table = Read(text);
  ASSERT_EQ(table.rows(), 150'000u);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    ASSERT_EQ(table.columns()[0].texts[row], "asset" + std::to_string(row / 1000));
    ASSERT_EQ(table.columns()[1].numbers[row], static_cast<double>(row) + 0.25);
    ASSERT_EQ(table.columns()[2].texts[row], row % 7 == 0 ? "two\nlines, " + std::to_string(row) : row % 11 == 0 ? "" : "plain");
  }
  EXPECT_EQ(Read(text).ToBytes(), table.ToBytes());
  const auto lines = std::count(text.begin(), text.end(), '\n');
  EXPECT_THAT(ErrorOf(text + "x,y,z\nx,1\n"), HasSubstr("row " + std::to_string(lines + 1) + ", column \"n\": \"y\" is not"));
}

TEST(CsvTest, FilesOfOneSchemaAreOneTable) {
  TempFolder folder;
  const auto file = [&](const char* name, const std::string& text) {
    std::ofstream(folder.path() / name) << text;
    return CsvFile{.name = name, .path = folder.path() / name};
  };
  const CsvOptions options = ParseCsvOptions({{"roles", {{"unit", "asset"}, {"hour", "time"}}}}).value();
  const CsvFile a = file("a.csv", "unit,hour,x\np,1,0.5\np,2,0.6\n");
  const CsvFile b = file("b.csv", "unit,hour,x\nq,1,0.7\n\nq,2,\n");
  const std::vector<CsvFile> both{a, b};
  const absl::StatusOr<CsvDataset> dataset = ReadCsvFiles(both, options, folder.path() / "t.mwt");
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_THAT(dataset->table.Find("unit")->texts, ElementsAre("p", "p", "q", "q"));
  EXPECT_EQ(dataset->places.Describe(1), "a.csv: row 3");
  EXPECT_EQ(dataset->places.Describe(3), "b.csv: row 4");

  const auto error = [&](const CsvFile& second) {
    const std::vector<CsvFile> files{a, second};
    return std::string(ReadCsvFiles(files, options, folder.path() / "u.mwt").status().message());
  };
  EXPECT_EQ(error(file("c.csv", "unit,hour,y\nq,1,2\n")), "c.csv: row 1: column 3 is \"y\" and must be \"x\" as in a.csv");
  EXPECT_EQ(error(file("d.csv", "unit,hour,x\nq,1,bad\n")),
            "d.csv: row 2, column \"x\": \"bad\" is not a number (leave the cell empty where the value is missing)");
  EXPECT_THAT(error(file("e.csv", "unit,hour,x\np,2,9\n")),
              HasSubstr("e.csv: row 2: asset \"p\" has a row at hour 2 already, row 3 of a.csv (x is 0.6 there and 9 here)"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "u.mwt.part"));
}

TEST(CsvTest, TheFirstErrorInTheFileIsTheOneThatIsNamed) {
  std::string text = "a,b\n";
  for (int i = 0; i < 900'000; ++i) text += i == 300'000 || i == 800'000 ? "1,bad\n" : "1,2\n";
  for (int i = 0; i < 5; ++i) EXPECT_THAT(ErrorOf(text), HasSubstr("f.csv: row 300002, column \"b\""));
}

TEST(CsvTest, AGigabyteLineIsRefusedEarly) {
  EndlessLine source;
  const absl::Status status = ReadCsv(source, "big.csv", {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("big.csv: row 1: the line is longer than 1048576 bytes"));
  EXPECT_LT(source.given, std::size_t{4} << 20);
}

TEST(CsvTest, AFileOfHolesHasNulBytes) {
  EXPECT_THAT(ErrorOf(std::string(3'000'000, '\0')), HasSubstr("f.csv: row 1: has a NUL byte"));
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
