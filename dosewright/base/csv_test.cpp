#include "dosewright/base/csv.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace dosewright {
namespace {

std::vector<std::string> texts(const CsvRow& row) {
  std::vector<std::string> result;
  for (const CsvField& field : row.fields) result.push_back(field.text);
  return result;
}

}  // namespace

TEST_CASE("fields, quotes, commas, line ends and a byte order mark") {
  const CsvTable table = read_csv("\xEF\xBB\xBFid,text\r\n1,\"a, \"\"b\"\"\nc\"\r\n2,\n", "t.csv");
  REQUIRE(table.faults.empty());
  CHECK(table.header == std::vector<std::string>{"id", "text"});
  REQUIRE(table.rows.size() == 2);
  CHECK(texts(table.rows[0]) == std::vector<std::string>{"1", "a, \"b\"\nc"});
  CHECK(texts(table.rows[1]) == std::vector<std::string>{"2", ""});
  CHECK(table.rows[1].fields[1].line == 4);
  CHECK(table.rows[1].fields[1].column == 3);
}

TEST_CASE("a broken row is named and left out, and the rest is kept") {
  const CsvTable table =
      read_csv("id,a,b\n1,x,y\n2,x\n3,\"x,y\n4,x\"q,y\n5,\"x\"z,y\n6,x,y,z\n7,x,y", "t.csv");
  REQUIRE(table.rows.size() == 2);
  CHECK(table.rows[0].fields[0].text == "1");
  CHECK(table.rows[1].fields[0].text == "7");
  CHECK(table.rows[1].number == 7);
  REQUIRE(table.faults.size() == 5);
  CHECK(to_text(table.faults[0].place) == "t.csv:3");
  CHECK(table.faults[0].message ==
        "row 2: expected 3 fields, found 2 (nothing for column 'b' and on)");
  CHECK(table.faults[1].message.starts_with("row 3, column 'a': "));
  CHECK(table.faults[2].message == "row 4, column 'a': a quote stands inside an unquoted field");
  CHECK(to_text(table.faults[2].place) == "t.csv:5:4");
  CHECK(table.faults[3].message == "row 5, column 'a': text follows the end of a quoted field");
  CHECK(table.faults[4].message.starts_with("row 6: expected 3 fields, found 4"));
  CHECK(table.broken_keys == std::vector<std::string>{"2", "3", "4", "5", "6"});
}

TEST_CASE("an open quote does not swallow the rows below it") {
  const CsvTable table = read_csv("id,a\n1,\"x\n2,y\n3,z\n", "t.csv");
  REQUIRE(table.faults.size() == 1);
  CHECK(table.faults[0].message == "row 1, column 'a': a quoted field has no end");
  CHECK(table.rows.size() == 2);
}

TEST_CASE("an empty file and a file of nothing but broken rows are told apart") {
  CHECK(read_csv("", "t.csv").faults.size() == 1);
  std::string text = "id,a\n";
  for (int i = 0; i < 1000; ++i) text += "1\n";
  const CsvTable table = read_csv(text, "t.csv");
  CHECK(table.rows.empty());
  REQUIRE(table.faults.size() == kMostCsvFaults + 1);
  CHECK(table.faults[kMostCsvFaults].message == "800 more rows are broken and not listed here");
}

TEST_CASE("a field is quoted only where it must be") {
  CHECK(csv_field("") == "");
  CHECK(csv_field("ALT, 3 x") == "\"ALT, 3 x\"");
  CHECK(csv_field("a \"b\"") == "\"a \"\"b\"\"\"");
  CHECK(csv_field("a b") == "a b");
  CHECK(csv_field(" a") == "\" a\"");
  CHECK(csv_field("a\n") == "\"a\n\"");
}

TEST_CASE("what is written reads back, whatever it is") {
  const bool held = rc::check([](const std::vector<std::string>& written) {
    RC_PRE(!written.empty());
    std::string text;
    std::string header;
    for (std::size_t i = 0; i < written.size(); ++i) {
      header += (i > 0 ? ",c" : "c") + std::to_string(i);
      text += (i > 0 ? "," : "") + csv_field(written[i]);
    }
    const CsvTable table = read_csv(header + "\n" + text + "\nend\n", "t.csv");
    const bool blank =
        written.size() == 1 && written[0].find_first_not_of(" \t\r\n\v\f") == std::string::npos;
    RC_PRE(!blank);
    RC_ASSERT(!table.rows.empty());
    RC_ASSERT(texts(table.rows[0]) == written);
  });
  CHECK(held);
}

}  // namespace dosewright
