#include "dosewright/exchange/csv_stream.hpp"

#include <doctest/doctest.h>

namespace dosewright::exchange {
namespace {

struct Rows {
  std::vector<std::vector<std::string>> cells;
  Faults faults;
};

Rows rows_of(std::string_view text) {
  Rows rows;
  CsvStream stream = CsvStream::over(text, "in.csv", rows.faults);
  {
    FaultList list(rows.faults);
    while (stream.next(list)) {
      rows.cells.emplace_back();
      for (std::size_t i = 0; i < stream.header().size(); ++i) {
        rows.cells.back().emplace_back(stream.field(static_cast<int>(i)));
      }
    }
  }
  return rows;
}

TEST_CASE("a byte order mark, CRLF, blanks, an empty line and a last line without an end") {
  const Rows rows = rows_of(
      "\xEF\xBB\xBF"
      "a,B\r\n1, 2 \r\n\r\n3,4");
  CHECK(rows.faults.empty());
  REQUIRE(rows.cells.size() == 2);
  CHECK(rows.cells[0] == std::vector<std::string>{"1", "2"});
  CHECK(rows.cells[1] == std::vector<std::string>{"3", "4"});
}

TEST_CASE("quoted fields hold commas, quotes and line ends") {
  const Rows rows = rows_of("a,b\n\"1,5\",\"x\"\"y\nz\"\n2,3\n");
  CHECK(rows.faults.empty());
  REQUIRE(rows.cells.size() == 2);
  CHECK(rows.cells[0] == std::vector<std::string>{"1,5", "x\"y\nz"});
}

TEST_CASE("Latin-1 is told with its line and a way out") {
  const Rows rows = rows_of("a,b\n1,caf\xE9\n2,3\n");
  REQUIRE(rows.faults.size() == 1);
  CHECK(rows.faults[0].place.line == 2);
  CHECK(rows.faults[0].hint.find("iconv") != std::string::npos);
  CHECK(rows.cells.size() == 1);
}

TEST_CASE("broken rows are told and the others are kept") {
  const Rows rows = rows_of("a,b\n1\n\"2\"x,3\n4,5,6\n7,8\n");
  CHECK(rows.faults.size() == 3);
  CHECK(rows.faults[0].message == "expected 2 fields, found 1");
  REQUIRE(rows.cells.size() == 1);
  CHECK(rows.cells[0][0] == "7");
}

TEST_CASE("a quote without an end and an empty file") {
  CHECK(rows_of("a,b\n\"1,2\n3,4\n").faults.size() == 1);
  CHECK(rows_of("").faults[0].message.find("header") != std::string::npos);
  CHECK(rows_of("\n").faults.size() == 1);
}

TEST_CASE("no more than so many faults are listed") {
  std::string text = "a,b\n";
  for (int i = 0; i < 1000; ++i) text += "1\n";
  const Rows rows = rows_of(text);
  REQUIRE(rows.faults.size() == kMostFaults + 1);
  CHECK(rows.faults[kMostFaults].message == "800 more faults are not listed here");
}

TEST_CASE("a row longer than a megabyte is a fault, not memory") {
  const Rows rows = rows_of("a\n" + std::string(kLongestRow + 10, 'x') + "\n1\n");
  CHECK(rows.faults.size() == 1);
  CHECK(rows.cells.size() == 1);
}

TEST_CASE("columns are found without regard to case") {
  Faults faults;
  const CsvStream stream = CsvStream::over("Date,KIND\n", "in.csv", faults);
  CHECK(stream.column("date") == 0);
  CHECK(stream.column("kind") == 1);
  CHECK(stream.column("unit") == -1);
}

}  // namespace
}  // namespace dosewright::exchange
