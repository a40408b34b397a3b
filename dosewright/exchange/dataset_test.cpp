// Reading NONMEM-style datasets: what is taken, and what is said about what cannot be.
#include "dosewright/exchange/dataset.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include "dosewright/base/csv.hpp"
#include "dosewright/base/folder_test.hpp"

namespace dosewright::exchange {
namespace {

struct Read {
  std::vector<DatasetSubject> subjects;
  std::string said;  // all faults, or ""
  std::vector<std::string> carried;
};

DatasetOptions two_compartments() {
  DatasetOptions options;
  options.names = {"CL", "WT"};
  options.compartments = {"DEPOT", "CENTRAL"};
  return options;
}

Read read(const std::string& text, DatasetOptions options = two_compartments()) {
  const TestFolder folder;
  Read result;
  auto dataset = Dataset::open(folder.put("data.csv", text), std::move(options));
  if (dataset.ok()) {
    DatasetSubject subject;
    while (dataset->next(subject)) result.subjects.push_back(subject);
    if (!dataset->good()) result.said = to_text(dataset->faults());
    result.carried = dataset->carried_names();
  } else {
    result.said = to_text(dataset.faults());
  }
  return result;
}

bool says(const Read& result, const std::string& part) {
  return result.said.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("subjects are runs of one ID; an ID that comes again is another subject") {
  const Read data = read("ID,TIME,AMT\n1,0,100\n1,1,.\n2,0,50\n1.0,5,.\n");
  CHECK(data.said == "");
  REQUIRE(data.subjects.size() == 3);
  CHECK(data.subjects[0].rows.size() == 2);
  CHECK(data.subjects[2].id == "1");
  CHECK(data.subjects[2].number == 2);
  CHECK(data.subjects[1].rows[0].amt == 50);
  CHECK(data.subjects[1].rows[0].evid == 1);
  CHECK(data.subjects[0].rows[1].evid == 0);
}

TEST_CASE("byte order mark, CRLF, quotes, blanks, '.', NA and Fortran's numbers") {
  const Read data = read(
      "\xEF\xBB\xBF\"ID\", TIME ,AMT,WT,\"CMT\"\r\n\"A, b\",+1.5, 1D2 , NA ,\"CENTRAL\"\r\n\r\n"
      "\"A, b\",2,.,70.5,2\r\n");
  CHECK(data.said == "");
  REQUIRE(data.subjects.size() == 1);
  const DatasetRow& first = data.subjects[0].rows[0];
  CHECK(data.subjects[0].id == "A, b");
  CHECK(first.time == 1.5);
  CHECK(first.amt == 100);
  CHECK(first.cmt == 2);
  CHECK(std::isnan(first.values[0]));
  CHECK(data.subjects[0].rows[1].values[0] == 70.5);
  CHECK(data.carried == std::vector<std::string>{"ID", "TIME", "AMT", "CMT"});
}

TEST_CASE("a commented header, and lines to skip") {
  DatasetOptions options = two_compartments();
  options.comment = "@";
  CHECK(read("#ID,TIME\n@x,1\nC,1\n1,0\n", options).subjects.size() == 1);
  options.comment = "#";
  CHECK(read("ID,TIME\n#1,0\n1,0\n", options).subjects.at(0).rows.size() == 1);
}

TEST_CASE("tabs or blanks between the fields, and tables that NONMEM wrote") {
  const Read table = read(
      "TABLE NO.  1\n ID          TIME        AMT         CMT\n"
      "  1.0000E+00  0.0000E+00  1.0000E+02  2.0000E+00\n"
      "  1.0000E+00  1.0000E+00  0.0000E+00  2.0000E+00\n");
  CHECK(table.said == "");
  REQUIRE(table.subjects.size() == 1);
  CHECK(table.subjects[0].rows[0].amt == 100);
  CHECK(table.subjects[0].rows[1].cmt == 2);
  const Read tabs = read("ID\tTIME\tAMT\tCMT\n\"A b\"\t0\t100\t\nA b\t1\t\t\n");
  CHECK(tabs.said == "");
  REQUIRE(tabs.subjects.size() == 1);
  CHECK(tabs.subjects[0].rows[0].amt == 100);
  CHECK(tabs.subjects[0].rows[1].amt == 0);
  CHECK(says(read("ID TIME AMT\n1 0\n"), "row 1: expected 3 fields, found 2"));
  CHECK(says(read("ID TIME AMT\n1 0 \"a\"b\n"), "text follows the end of a quoted field"));
}

TEST_CASE("semicolons are refused once, not as one strange column") {
  const Read data = read("ID;TIME;AMT\n1;0;100\n");
  CHECK(says(data, "the fields are separated by semicolons"));
  CHECK_FALSE(says(data, "is missing"));
}

TEST_CASE("lines that begin with # are skipped, as NM-TRAN does unless told otherwise") {
  CHECK(read("ID,TIME,AMT\n#1,0,500\n1,0,100\n").subjects.size() == 1);
  DatasetOptions other = two_compartments();
  other.comment = "C";
  CHECK(read("ID,TIME,AMT\n#1,0,500\nC,0,1\n1,0,100\n", other).subjects.size() == 2);
}

TEST_CASE("data items may be in small letters, where the item itself is not there") {
  const Read data = read("id,time,amt,cmt\n1,0,100,2\n");
  CHECK(data.said == "");
  CHECK(data.carried == std::vector<std::string>{"ID", "TIME", "AMT", "CMT"});
  CHECK(data.subjects.at(0).rows[0].amt == 100);
  CHECK(says(read("ID,TIME,time\n1,0,1\n"), "column 'time'"));
  CHECK(says(read("id,TIME,Amt\n1,0,1\n"), "column 'Amt'"));
  CHECK(says(read("id,TIME,id\n1,0,1\n"), "column 'id'"));
  DatasetOptions own = two_compartments();
  own.names = {"rate"};
  const Read covariate = read("ID,TIME,rate\n1,0,60\n", own);
  CHECK(covariate.said == "");
  CHECK(covariate.subjects.at(0).rows[0].values == std::vector<double>{60});
}

TEST_CASE("columns: renamed, ignored, kept, unknown") {
  DatasetOptions options = two_compartments();
  options.columns = {{"ID", "Subject"}, {"WT", "weight"}};
  options.ignore = {"note"};
  options.keep = {"arm"};
  const Read data = read("Subject,TIME,weight,note,arm\n1,0,70,\"a, b\",x\n", options);
  CHECK(data.said == "");
  CHECK(data.carried == std::vector<std::string>{"ID", "TIME", "arm"});
  CHECK(data.subjects[0].rows[0].carried == std::vector<std::string>{"1", "0", "x"});
  const Read unknown = read("ID,TIME,WTT,DATE\n1,0,70,1\n");
  CHECK(says(unknown, "column 'WTT'"));
  CHECK(says(unknown, "did you mean 'WT'"));
  CHECK(says(unknown, "dates are not supported"));
  options.columns = {{"ID", "Patient"}};
  CHECK(says(read("ID,TIME\n1,0\n", options), "no column 'Patient'"));
}

TEST_CASE("the file and its header") {
  CHECK(says(read(""), "the file is empty"));
  CHECK(says(read("\n\n"), "the file is empty"));
  CHECK(says(read("TIME,AMT\n0,1\n"), "column 'ID' is missing"));
  CHECK(says(read("ID,TIME,AMT,AMT\n"), "two columns 'AMT'"));
  CHECK(says(read("ID,TIME,\n"), "no name"));
  CHECK(says(read("ID,\"TIME\n"), "no end"));
  CHECK(read("ID,TIME\n").said == "");
  CHECK_FALSE(Dataset::open("nowhere/at/all.csv", {}).ok());
}

TEST_CASE("every combination that no event record may have is told with row and column") {
  struct Case {
    const char* rows;
    const char* said;
  };
  const std::string header = "ID,TIME,AMT,RATE,II,ADDL,SS,EVID,CMT,MDV,DV\n";
  for (const Case& one : std::initializer_list<Case>{
           {"1,0,abc,0,0,0,0,1,1,1,.", "row 1, column 'AMT': expected a number, found 'abc'"},
           {"1,0,1,0,0,0,0,7,1,1,.", "row 1, column 'EVID': expected a whole number from 0 to 4"},
           {"1,0,1,0,0,3,0,1,1,1,.", "column 'II': ADDL 3 needs the interval"},
           {"1,0,1,0,0,-3,0,1,1,1,.", "column 'ADDL'"},
           {"1,0,1,0,0,1.5,0,1,1,1,.", "column 'ADDL'"},
           {"1,0,1,0,0,0,1,1,1,1,.", "column 'II': SS 1 needs the interval"},
           {"1,0,1,0,8,0,3,1,1,1,.", "column 'SS'"},
           {"1,0,0,5,8,0,1,1,1,1,.", "has no interval"},
           {"1,0,0,5,0,2,1,1,1,1,.", "column 'ADDL'"},
           {"1,0,0,-2,0,0,1,1,1,1,.", "has no duration"},
           {"1,0,0,5,0,0,0,1,1,1,.", "an infusion needs an amount"},
           {"1,0,1,-3,0,0,0,1,1,1,.", "column 'RATE': expected 0, a rate above 0, -1 or -2"},
           {"1,0,-1,0,0,0,0,1,1,1,.", "column 'AMT': an amount is 0 or more"},
           {"1,0,1,0,-8,1,0,1,1,1,.", "column 'II': an interval is 0 or more"},
           {"1,0,1,0,0,0,0,1,3,1,.", "column 'CMT': expected a compartment, 1 to 2"},
           {"1,0,1,0,0,0,0,1,1.5,1,.", "column 'CMT'"},
           {"1,0,1,0,0,0,0,1,BLOOD,1,.", "the compartments are DEPOT, CENTRAL"},
           {"1,0,1,0,0,0,0,1,-1,1,.", "needs EVID 2"},
           {"1,0,1,0,0,0,0,0,1,0,5", "a record with EVID 0 gives no dose, found AMT 1"},
           {"1,0,0,2,0,0,0,3,1,0,5", "a record with EVID 3 gives no dose, found RATE 2"},
           {"1,0,0,0,0,0,0,0,1,2,5", "column 'MDV'"},
           {"1,0,0,0,0,0,0,0,1,0,BLQ", "column 'DV': expected a number, found 'BLQ'"},
           {"1,.,0,0,0,0,0,0,1,0,5", "column 'TIME': every record needs a time"},
           {"1,8:30,0,0,0,0,0,0,1,0,5", "clock times are not supported"},
           {"1,inf,0,0,0,0,0,0,1,0,5", "column 'TIME': expected a number"},
           {".,0,0,0,0,0,0,0,1,0,5", "column 'ID'"},
           {"1,0,0,0,0,0,0,0,1,0", "expected 11 fields, found 10"},
           {"1,0,0,0,0,0,0,0,1,0,\"5", "a quoted field has no end"},
           {"1,5,0,0,0,0,0,0,1,0,5\n1,4,0,0,0,0,0,0,1,0,5",
            "row 2, column 'TIME': time runs back from 5 to 4"}}) {
    CAPTURE(one.rows);
    const Read data = read(header + one.rows + "\n");
    CHECK_MESSAGE(says(data, one.said), data.said);
  }
}

TEST_CASE("what is allowed: turned off, reset back in time, endogenous and constant input") {
  const Read data = read(
      "ID,TIME,AMT,RATE,II,ADDL,SS,EVID,CMT\n"
      "1,5,0,0,0,0,1,1,.\n1,6,0,7,0,0,1,1,2\n1,6,0,-1,0,0,2,1,2\n1,7,.,.,.,.,.,2,-CENTRAL\n"
      "1,7,.,.,.,.,.,2,CENTRAL\n1,0,.,.,.,.,.,3,-1\n1,-4,9,-2,12,5,1,4,0\n1,-4,0,0,0,0,0,1,1\n");
  CHECK(data.said == "");
  CHECK(data.subjects[0].rows.size() == 8);
  CHECK(data.subjects[0].rows[3].cmt == -2);
}

TEST_CASE("all faults at once, with place and quote; two hundred of very many") {
  const Read two = read("ID,TIME,AMT\n1,0,x\n1,1,.\n1,2,y\n");
  CHECK(says(two, "data.csv:2:5"));
  CHECK(says(two, "data.csv:4:5"));
  CHECK(says(two, "1,0,x"));
  std::string many = "ID,TIME,AMT\n";
  for (int i = 0; i < 500; ++i) many += "1,0,x\n";
  CHECK(says(read(many), "300 more faults are not listed here"));
}

TEST_CASE("numbers") {
  CHECK(to_number("1e-3") == 1e-3);
  CHECK(to_number("-.5") == -0.5);
  CHECK(to_number("1d3") == 1000.0);
  for (const char* bad : {"", ".", "1,5", "0x1", "nan", "inf", "1e999", "1 2", "+-1", "++1"}) {
    CHECK_FALSE(to_number(bad).has_value());
  }
}

TEST_CASE("any field survives being written and split") {
  CHECK(rc::check("fields", [] {
    const auto fields = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab,\" .\t1")))));
    std::string line;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (i > 0) line += ',';
      append_csv_field(line, fields[i]);
    }
    std::vector<Cell> cells;
    RC_ASSERT(!split_line(line, cells).has_value());
    RC_ASSERT(cells.size() == fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) RC_ASSERT(cells[i].text == fields[i]);
  }));
}

}  // namespace dosewright::exchange
